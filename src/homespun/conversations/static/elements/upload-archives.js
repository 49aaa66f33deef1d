// <upload-archives begin="/…" allow="regex"> around a form with file fields, a <template> for a row and a list to put rows into.
// Files and folders that are chosen or let fall are sent side by side, each in pieces; when all are there the page is loaded again.

import { allowed, chosen, dropped, fingerprint } from "./upload-folder.js";
import { discard, Refused, send } from "./upload-pieces.js";
import { zipped } from "./upload-zip.js";

class UploadArchives extends HTMLElement {
  connectedCallback() {
    this.#readies();
    this.under = new Set();
    this.failed = this.arrived = false;
    this.addEventListener("change", (event) => this.#chose(event.target));
    this.addEventListener("submit", (event) => event.preventDefault());
    // Anywhere in the window: what falls beside the box would make the browser leave the page for the file.
    this.window = new AbortController();
    const signal = this.window.signal;
    for (const type of ["dragenter", "dragover"]) addEventListener(type, (event) => this.#over(event), { signal });
    addEventListener("dragleave", (event) => event.relatedTarget ?? this.#leaves(), { signal });
    addEventListener("drop", (event) => this.#fell(event), { signal });
    this.stay = (event) => this.under.size && event.preventDefault();
    addEventListener("beforeunload", this.stay);
  }

  // What only works with a script comes out, what is only for pages without one goes.
  #readies() {
    const files = this.querySelector("[type=file]:not([webkitdirectory])");
    for (const [button, field] of [
      [this.querySelector("[data-files]"), files],
      [this.querySelector("[data-folder]"), this.querySelector("[webkitdirectory]")],
    ]) {
      button.hidden = false;
      button.addEventListener("click", () => field.click());
    }
    files.hidden = true;
    this.querySelector("[data-plain]").hidden = true;
  }

  disconnectedCallback() {
    this.window.abort();
    removeEventListener("beforeunload", this.stay);
    for (const abort of this.under) abort.abort();
  }

  #over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.querySelector("[data-drop]").classList.add("is-over");
  }

  #leaves() {
    this.querySelector("[data-drop]").classList.remove("is-over");
  }

  async #fell(event) {
    this.#leaves();
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const { files, folders } = await dropped(event.dataTransfer);
    this.#bring(files, folders);
  }

  #chose(input) {
    if (input.type !== "file") return;
    const files = [...input.files];
    input.value = "";
    if (input.hasAttribute("webkitdirectory")) this.#bring([], chosen(files));
    else this.#bring(files, []);
  }

  #bring(files, folders) {
    for (const file of files) this.#one(file.name, file.size, () => [file, `file ${file.name} ${file.size} ${file.lastModified}`]);
    for (const folder of folders) {
      const kept = allowed(folder, new RegExp(this.getAttribute("allow"), "i"));
      this.#one(folder.name, kept.size, async (told) => [await zipped(kept.files, `${folder.name}.zip`, told), fingerprint(kept)], !kept.files.length);
    }
  }

  async #one(name, size, prepare, empty = false) {
    const row = this.#row(name);
    if (empty) return this.#says(row, "nothing");
    const abort = new AbortController();
    this.under.add(abort);
    row.querySelector("button").addEventListener("click", () => abort.abort());
    let address = "";
    try {
      this.#says(row, "looking");
      const [file, words] = await prepare((seen) => this.#draws(row, seen, size));
      const told = (sent, broken) => this.#draws(row, sent, file.size, broken ? "broken" : "sending");
      const csrf = this.querySelector("[name=csrfmiddlewaretoken]").value;
      address = await send(file, { begin: this.getAttribute("begin"), csrf, fingerprint: words, told, signal: abort.signal });
      this.#says(row, "here");
      this.arrived = true;
    } catch (error) {
      this.failed ||= !abort.signal.aborted;
      this.#says(row, abort.signal.aborted ? "stopped" : "refused", error instanceof Refused ? error.message : "");
    }
    row.querySelector("button").remove();
    this.under.delete(abort);
    if (address && abort.signal.aborted) await discard(address, this.querySelector("[name=csrfmiddlewaretoken]").value);
    if (!this.under.size) this.#ends();
  }

  // What was refused stays to be read, so what has arrived is gone on with when somebody says so.
  #ends() {
    if (!this.failed) location.assign(this.getAttribute("after") || location.href);
    else this.querySelector("[data-on]").hidden = !this.arrived;
  }

  #row(name) {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("progress").setAttribute("aria-label", name);
    this.querySelector("[data-rows]").append(row);
    return row;
  }

  #draws(row, sent, size, state) {
    const progress = row.querySelector("progress");
    progress.max = size;
    progress.value = sent;
    const number = (bytes) => (bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    if (state) this.#says(row, state, "", { sent: number(sent), size: number(size) });
  }

  // The sentences are the page's own: data-… attributes of the row. An error stands below the name, with its sign.
  #says(row, state, more = "", figures = {}) {
    const words = (row.dataset[state] ?? "").replace(/\{(\w+)\}/g, (_, key) => figures[key] ?? "");
    const failed = state === "nothing" || state === "refused";
    const error = row.querySelector("[data-error]");
    row.querySelector("[data-says]").textContent = failed ? "" : more || words;
    error.hidden = !failed;
    error.querySelector("[data-error-words]").textContent = failed ? more || words : "";
    if (failed || state === "stopped" || state === "here") row.querySelector("progress").hidden = true;
    if (state === "nothing") row.querySelector("button").remove();
  }
}

customElements.define("upload-archives", UploadArchives);
