// <theme-switch> around the radio buttons or the select of a theme ("", "light", "dark"): shows the choice at once; the form saves it.

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this);
  }

  handleEvent(event) {
    const theme = event.target.value;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }
}

customElements.define("theme-switch", ThemeSwitch);
