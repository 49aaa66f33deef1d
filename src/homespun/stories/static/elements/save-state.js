/**
 * <save-state>: says whether everything on the page is saved. Shows the child whose `data-state` is the present one
 * (saved, saving, unsaved); in it `[data-time]` gets the time and `[data-why]` the reason. Hears `saving`, `saved` and
 * `unsaved` events from anywhere, and requests that htmx makes. Words that were kept in this browser under keys that begin with
 * `kept`, because a window was closed before they were saved, are opened again: `#item-KEY [data-edit]` is pressed.
 */
class SaveState extends HTMLElement {
  #under = 0;
  #trouble = new Map();

  connectedCallback() {
    this.stop = new AbortController();
    const on = (name, heard) => document.addEventListener(name, heard, { signal: this.stop.signal });
    on("saving", () => this.#began());
    on("saved", (event) => this.#ended(event.target));
    on("unsaved", (event) => this.#ended(event.target, event.detail.why || this.getAttribute("offline")));
    on("htmx:beforeRequest", (event) => writes(event) && this.#began());
    on("htmx:afterRequest", (event) => writes(event) && this.#ended(event.target, failure(event, this.getAttribute("offline"))));
    addEventListener("load", () => this.#reopen(), { signal: this.stop.signal });
    addEventListener("beforeunload", (event) => this.#under && event.preventDefault(), { signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  #reopen() {
    const prefix = this.getAttribute("kept");
    for (const key of Object.keys(localStorage)) {
      if (prefix && key.startsWith(prefix)) document.querySelector(`#item-${key.slice(prefix.length)} [data-edit]`)?.click();
    }
  }

  #began() {
    this.#under += 1;
    this.#show();
  }

  #ended(source, why = "") {
    this.#under = Math.max(0, this.#under - 1);
    if (why) this.#trouble.set(source, why);
    else this.#trouble.delete(source);
    this.#show();
  }

  #show() {
    for (const source of this.#trouble.keys()) if (source !== document && !source.isConnected) this.#trouble.delete(source);
    const why = [...this.#trouble.values()].at(-1);
    const state = this.#under ? "saving" : why ? "unsaved" : "saved";
    for (const child of this.querySelectorAll("[data-state]")) child.hidden = child.dataset.state !== state;
    const slot = this.querySelector(`[data-state=${state}] :is([data-time], [data-why])`);
    if (slot) slot.textContent = state === "unsaved" ? why : clock();
  }
}

const writes = (event) => event.detail.requestConfig?.verb !== "get";
const failure = (event, offline) => (event.detail.successful ? "" : offline);
const clock = () => new Date().toLocaleTimeString(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

customElements.define("save-state", SaveState);
