/** <pass-on hidden>: shows itself where scripts run; `[data-copy]` copies the page's address, `[data-share]` opens the device's own sheet. */
class PassOn extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    const [copy, share] = [this.querySelector("[data-copy]"), this.querySelector("[data-share]")];
    share.hidden = !navigator.share;
    copy.addEventListener("click", () => this.#copy(copy));
    share.addEventListener("click", () => navigator.share({ title: document.title, url: address() }).catch(() => {}));
  }

  async #copy(button) {
    await navigator.clipboard.writeText(address());
    button.querySelector("span").textContent = button.dataset.done;
  }
}

const address = () => document.querySelector("link[rel=canonical]")?.href ?? location.href;

customElements.define("pass-on", PassOn);
