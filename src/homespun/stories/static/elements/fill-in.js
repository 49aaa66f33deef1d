/** <fill-in for="ID">: its button puts its value into that field, all of it selected, so that one can go on from there or write over it. */
class FillIn extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#fill(event.target.closest("button")));
  }

  #fill(button) {
    const field = button && document.getElementById(this.getAttribute("for"));
    if (!field) return;
    field.value = button.value;
    field.focus();
    field.select();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("fill-in", FillIn);
