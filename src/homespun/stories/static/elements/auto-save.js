/**
 * <auto-save key="…" delay="700">: saves the form inside while somebody types, and loses nothing.
 *
 * Every change is kept in localStorage under `key` until the server has it, and comes back from there when the form is
 * opened again. The form's `version` field is sent along and takes the version that the server answers. A 409 answers with
 * `html` that shows both versions; it is put into `[data-conflict]`, whose buttons say `data-choose` mine, theirs or both.
 * A form for something new is answered with its key as `item` and where to save it from now on as `action`.
 * Sends `saving`, `saved`, `unsaved`; and `finished` once a submitted form is saved or theirs was taken.
 */
import { send, tell } from "./send.js";

class AutoSave extends HTMLElement {
  #timer = 0;
  #running = null;
  #changed = false;
  #tries = 0;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.stop = new AbortController();
    const signal = { signal: this.stop.signal };
    this.addEventListener("input", () => this.#note(), signal);
    this.addEventListener("change", () => this.#note(0), signal);
    this.addEventListener("submit", (event) => this.#finish(event), signal);
    this.addEventListener("click", (event) => this.#choose(event), signal);
    addEventListener("online", () => this.#changed && this.save(), signal);
    addEventListener("pagehide", () => this.#changed && this.save({ keepalive: true }), signal);
    addEventListener("beforeunload", (event) => this.#changed && event.preventDefault(), signal);
    queueMicrotask(() => this.#bringBack());
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.stop.abort();
    if (this.#changed && !this.#inConflict()) this.save({ keepalive: true });
  }

  #note(delay = Number(this.getAttribute("delay") ?? 700)) {
    this.#changed = true;
    this.toggleAttribute("data-changed", true);
    localStorage.setItem(this.getAttribute("key"), JSON.stringify([...new FormData(this.form)].filter(isOurs)));
    clearTimeout(this.#timer);
    if (!this.#inConflict()) this.#timer = setTimeout(() => this.save(), delay);
  }

  /** Sends what is in the form; one request at a time, so that versions follow each other. */
  async save({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    if (this.#running && !keepalive) {
      await this.#running;
      if (!this.#changed) return true;
    }
    this.#running = this.#put(keepalive);
    return this.#running;
  }

  async #put(keepalive) {
    this.#changed = false;
    tell(this, "saving");
    try {
      const answer = await send(this.form.action, new FormData(this.form), { keepalive });
      this.#saved(answer);
      tell(this, "saved");
      return true;
    } catch (error) {
      this.#changed = true;
      if (error.body?.html) this.querySelector("[data-conflict]").innerHTML = error.body.html;
      else if (error.status !== 422) this.#timer = setTimeout(() => this.save(), Math.min(60, 3 * 2 ** this.#tries++) * 1000);
      tell(this, "unsaved", error.body?.sentence);
      return false;
    } finally {
      this.#running = null;
    }
  }

  #saved(answer) {
    this.#tries = 0;
    if (answer.version) this.#see(answer.version);
    if (answer.action) this.#become(answer);
    if (this.#changed) return;
    localStorage.removeItem(this.getAttribute("key"));
    this.toggleAttribute("data-changed", false);
  }

  /** What was new is an item now: the next save changes it, and the page knows it by its key. */
  #become({ action, item, version }) {
    this.form.action = action;
    const entry = this.closest("[data-editing]");
    if (entry) Object.assign(entry.dataset, { key: item, version });
    entry?.setAttribute("id", `item-${item}`);
    entry?.classList.remove("item--blank");
    this.setAttribute("hx-get", action);
    this.setAttribute("hx-trigger", "finished");
    window.htmx?.process(this);
  }

  #see(version) {
    const field = this.form.querySelector("input[name=version]");
    if (field) field.value = version;
  }

  async #finish(event) {
    event.preventDefault();
    if (this.#inConflict()) return;
    if (await this.save()) tell(this, "finished");
  }

  #inConflict() {
    return Boolean(this.querySelector("[data-conflict]:not(:empty)"));
  }

  async #choose(event) {
    const button = event.target.closest("[data-choose]");
    if (!button) return;
    const { choose, version } = button.dataset;
    if (choose === "both") await send(this.form.action, this.#asBoth());
    this.#see(version);
    this.querySelector("[data-conflict]").replaceChildren();
    if (choose === "mine") return this.save();
    this.#changed = false;
    localStorage.removeItem(this.getAttribute("key"));
    tell(this, "saved");
    tell(this, "finished");
  }

  #asBoth() {
    const data = new FormData(this.form);
    data.append("take", "both");
    return data;
  }

  #bringBack() {
    const kept = JSON.parse(localStorage.getItem(this.getAttribute("key")) ?? "null");
    if (!kept) return;
    for (const [name, value] of kept) {
      const field = this.form.querySelector(`[name="${name}"]:not(button, [type=file])`);
      if (field?.type === "checkbox") field.checked = true;
      else if (field) field.value = value;
    }
    for (const field of this.form.elements) field.dispatchEvent(new CustomEvent("brought-back", { bubbles: true }));
    this.#note(0);
  }
}

const isOurs = ([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string";

customElements.define("auto-save", AutoSave);
