/** <focus-point>: the part of a picture that stays in view when it is cut. Pressing the picture or moving `[data-x]` and `[data-y]` writes the field `focus`. */
class FocusPoint extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("[name=focus]");
    this.spot = this.querySelector(".focus__spot");
    this.across = this.querySelector("[data-x]");
    this.down = this.querySelector("[data-y]");
    [this.across.value, this.down.value] = this.field.value.split(" ").map(parseFloat);
    this.querySelector(".focus__whole").addEventListener("click", (event) => this.#pressed(event));
    for (const slider of [this.across, this.down]) slider.addEventListener("input", () => this.#write());
    this.#show();
  }

  #pressed(event) {
    const box = event.target.getBoundingClientRect();
    this.across.value = Math.round((100 * (event.clientX - box.left)) / box.width);
    this.down.value = Math.round((100 * (event.clientY - box.top)) / box.height);
    this.#write();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #write() {
    this.field.value = `${this.across.value}% ${this.down.value}%`;
    this.#show();
  }

  #show() {
    this.spot.hidden = false;
    this.spot.style.insetInlineStart = `${this.across.value}%`;
    this.spot.style.insetBlockStart = `${this.down.value}%`;
    this.querySelector(".focus__cut").style.objectPosition = this.field.value;
  }
}

customElements.define("focus-point", FocusPoint);
