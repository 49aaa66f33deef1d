/* <copy-text> around an input and a hidden button: shows the button where the browser can copy, and says when it has. */
class CopyText extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.button = this.querySelector("button");
    this.input.addEventListener("focus", () => this.input.select());
    if (!navigator.clipboard) return;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.copy());
  }

  async copy() {
    await navigator.clipboard.writeText(this.input.value);
    const label = this.button.querySelector("span");
    const before = label.textContent;
    label.textContent = this.button.dataset.done;
    setTimeout(() => (label.textContent = before), 2000);
  }
}

customElements.define("copy-text", CopyText);
