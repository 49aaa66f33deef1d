/** <add-menu>: a row that has been asked for. Takes the focus, and goes away by Escape or `[data-dismiss]`, back to where one was. */
class AddMenu extends HTMLElement {
  connectedCallback() {
    this.opener = document.activeElement;
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.#dismiss(event));
    this.addEventListener("click", (event) => event.target.closest("[data-dismiss]") && this.#dismiss(event));
    const first = this.querySelector("[data-first]") ?? this.querySelector("input:not([type=hidden]), textarea, button, a");
    queueMicrotask(() => first?.focus());
  }

  #dismiss(event) {
    event.preventDefault();
    event.stopPropagation();
    (this.closest("[data-row]") ?? this).remove();
    if (this.opener?.isConnected) this.opener.focus();
  }
}

customElements.define("add-menu", AddMenu);
