/**
 * <sort-list src="…/sortable.js" handle=".grip" moved="…{n}…{total}…">: a list whose entries can be put in another order, by
 * dragging, by buttons (`name=to`, value up, down, top, end), by Alt and arrows, and by picking up with Space on the handle.
 * Each entry has `data-sort` (the URL that takes the move) and `data-key`; posted is `after`, the key of the entry before it, or
 * `to=end`. `<template data-carry>` holds the words shown in an entry that is carried; `[aria-live]` is told each move.
 */
import { send, tell } from "./send.js";

const STEPS = { ArrowUp: "up", ArrowDown: "down", Home: "top", End: "end" };

class SortList extends HTMLElement {
  async connectedCallback() {
    this.list = this.querySelector("ol, ul");
    this.addEventListener("keydown", (event) => this.#pressed(event));
    this.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("focusout", () => setTimeout(() => this.carried?.contains(document.activeElement) || this.#drop()));
    const { default: Sortable } = await import(this.getAttribute("src"));
    this.sortable = Sortable.create(this.list, {
      handle: this.getAttribute("handle"),
      draggable: "[data-sort]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      delay: 150,
      delayOnTouchOnly: true,
      group: { name: this.getAttribute("group") ?? "sort", put: true },
      onStart: ({ item }) => (this.was = before(item)),
      onUpdate: ({ item }) => this.#put(item, this.was),
      onAdd: ({ item }) => this.#brought(item),
    });
  }

  disconnectedCallback() {
    this.sortable?.destroy();
  }

  #clicked(event) {
    const button = event.target.closest("button[name=to]");
    if (!button) return;
    event.preventDefault();
    const entry = button.closest("[data-sort]");
    button.closest("details")?.removeAttribute("open");
    this.#move(entry, button.value, button.closest("details")?.querySelector("summary") ?? button);
  }

  #pressed(event) {
    const entry = event.target.closest("[data-sort]");
    if (!entry || event.target.closest("textarea, input, [contenteditable]")) return;
    const step = STEPS[event.key];
    if (step && this.carried) this.#shift(this.carried, step);
    else if (step && event.altKey) this.#move(entry, step, event.target);
    else if (event.key === "Escape" && this.carried) this.#drop();
    else if ([" ", "Enter"].includes(event.key) && this.carried) this.#leave();
    else if ([" ", "Enter"].includes(event.key) && event.target.closest(this.getAttribute("handle"))) this.#pickUp(entry, event.target);
    else return;
    event.preventDefault();
  }

  #pickUp(entry, focus) {
    this.carried = entry;
    this.focus = focus;
    this.was = before(entry);
    entry.classList.add("item--moving");
    entry.querySelector("[data-carry]")?.replaceChildren(this.querySelector("template[data-carry]").content.cloneNode(true));
    this.#say(entry);
  }

  #shift(entry, step) {
    const entries = this.#entries();
    const at = entries.indexOf(entry);
    const to = { up: at - 1, down: at + 1, top: 0, end: entries.length - 1 }[step];
    const other = entries[Math.max(0, Math.min(entries.length - 1, to))];
    if (other !== entry) other[to < at ? "before" : "after"](entry);
    this.focus?.focus({ preventScroll: true });
    entry.scrollIntoView({ block: "nearest" });
    this.#say(entry);
  }

  #leave() {
    const [entry, was] = [this.carried, this.was];
    this.#letGo();
    if (before(entry) !== was) this.#put(entry, was);
  }

  /** Puts back what is carried: Escape, or the focus has gone elsewhere. */
  #drop() {
    if (!this.carried) return;
    const entry = this.carried;
    this.#letGo();
    this.#back(entry, this.was);
    this.#say(entry);
  }

  #letGo() {
    this.carried.classList.remove("item--moving");
    this.carried.querySelector("[data-carry]")?.replaceChildren();
    this.carried = null;
  }

  #back(entry, was) {
    if (was) was.after(entry);
    else this.#entries()[0]?.before(entry);
    this.focus?.focus({ preventScroll: true });
  }

  async #move(entry, step, focus) {
    this.focus = focus;
    const was = before(entry);
    this.#shift(entry, step);
    await this.#put(entry, was, step === "end" ? { to: "end" } : undefined);
  }

  async #put(entry, was, where = { after: before(entry)?.dataset.key ?? "" }) {
    this.#say(entry);
    tell(this, "saving");
    try {
      await send(entry.dataset.sort, where);
      tell(this, "saved");
    } catch (error) {
      this.#back(entry, was);
      tell(this, "unsaved", error.body?.sentence);
    }
    tell(this, "reordered");
  }

  /** Something was dragged in from another list: who hears `dropped` brings it here, and takes the event for theirs. */
  #brought(item) {
    const after = before(item)?.dataset.key ?? "";
    if (this.dispatchEvent(new CustomEvent("dropped", { bubbles: true, cancelable: true, detail: { item, after } }))) item.remove();
  }

  #entries() {
    return [...this.list.querySelectorAll(":scope > [data-sort]")];
  }

  #say(entry) {
    const entries = this.#entries();
    const before = Number(this.list.dataset.skipped ?? 0);
    const total = entries.length + before + Number(this.list.querySelector("[data-rest]")?.dataset.rest ?? 0);
    const words = this.getAttribute("moved").replace("{n}", entries.indexOf(entry) + before + 1).replace("{total}", total);
    this.querySelector("[aria-live]").textContent = words;
    for (const slot of entry.querySelectorAll("[data-carry] [data-where]")) slot.textContent = words;
  }
}

function before(entry) {
  let other = entry.previousElementSibling;
  while (other && !other.matches("[data-sort]")) other = other.previousElementSibling;
  return other;
}

customElements.define("sort-list", SortList);
