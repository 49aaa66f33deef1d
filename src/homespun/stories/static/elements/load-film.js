/** <load-film src label>: the link in it opens the player in its own place when pressed. Nothing is loaded from elsewhere before. */
class LoadFilm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || !event.target.closest("a")) return;
      event.preventDefault();
      this.replaceChildren(this.#player());
      this.firstElementChild.focus();
    });
  }

  #player() {
    const frame = document.createElement("iframe");
    frame.src = this.getAttribute("src");
    frame.title = this.getAttribute("label");
    frame.className = "player";
    frame.allow = "autoplay; fullscreen; picture-in-picture";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    return frame;
  }
}

customElements.define("load-film", LoadFilm);
