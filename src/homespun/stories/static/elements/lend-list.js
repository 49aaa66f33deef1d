/**
 * <lend-list src="…/sortable.js" group="…">: entries with `data-lend` can be dragged from here into a <sort-list> of the same group.
 * Where one is dropped, its own button is pressed in the form inside, with `after` saying behind which key ("first": before all).
 * The buttons are the way by keyboard; where the list lies over the page it would be dropped on, nothing is dragged.
 */
const BESIDE = "(min-width: 64rem)";
const ENDS = ["renewed", "htmx:responseError", "htmx:sendError"];

class LendList extends HTMLElement {
  async connectedCallback() {
    this.stop = new AbortController();
    document.addEventListener("dropped", (event) => this.#dropped(event), { signal: this.stop.signal });
    if (!matchMedia(BESIDE).matches) return;
    const { default: Sortable } = await import(this.getAttribute("src"));
    const list = this.querySelector("ul, ol");
    if (!this.isConnected || !list) return;
    this.sortable = Sortable.create(list, {
      draggable: "[data-lend]",
      filter: "button, a",
      preventOnFilter: false,
      sort: false,
      delay: 150,
      delayOnTouchOnly: true,
      group: { name: this.getAttribute("group"), pull: "clone", put: false },
    });
    this.toggleAttribute("data-lends", true);
  }

  disconnectedCallback() {
    this.stop.abort();
    this.sortable?.destroy();
    this.sortable = null;
  }

  /** What was dropped stays where it lies until the page has the real one, so that nothing jumps. */
  #dropped(event) {
    const { item, after } = event.detail;
    const left = [...this.querySelectorAll("[data-lend]")].find((entry) => entry !== item && entry.dataset.lend === item.dataset.lend);
    const button = left?.querySelector("button");
    if (!button) return;
    event.preventDefault();
    for (const name of ENDS) document.addEventListener(name, () => item.remove(), { once: true });
    const place = button.form.elements.after;
    place.value = after || "first";
    place.disabled = false;
    button.click();
    place.disabled = true;
  }
}

customElements.define("lend-list", LendList);
