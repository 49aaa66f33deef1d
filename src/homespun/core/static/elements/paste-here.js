// <paste-here><form data-paste><textarea></textarea><input type="file"><button data-waiting="…"><span data-says></span></button></form></paste-here>
// What is pasted anywhere on the page, but in a field, goes into the field of this form and is sent; a file dropped on the form, too. While
// it is being fetched the button says so. Html that embeds a post is taken as it is, all else as text.

const EMBEDS = /twitter-tweet|bluesky-embed|mastodon-embed|data-tweet-id/;

class PasteHere extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.file = this.querySelector('input[type="file"]');
    this.aborting = new AbortController();
    const options = { signal: this.aborting.signal };
    document.addEventListener("paste", (event) => this.pasted(event), options);
    this.form.addEventListener("submit", () => this.wait(), options);
    this.form.addEventListener("dragover", (event) => event.preventDefault(), options);
    this.form.addEventListener("drop", (event) => this.dropped(event), options);
    addEventListener("pageshow", () => this.rest(), options);
  }

  disconnectedCallback() {
    this.aborting.abort();
  }

  pasted(event) {
    const at = event.target instanceof Element ? event.target : document.body;
    const own = at === this.field;
    if (!own && at.closest("input, textarea, select, [contenteditable]")) return;
    const words = this.words(event.clipboardData);
    if (!words || (own && words === event.clipboardData.getData("text/plain"))) return;
    event.preventDefault();
    this.field.value = words;
    if (!own) this.form.requestSubmit();
  }

  words(data) {
    const html = data.getData("text/html");
    return (EMBEDS.test(html) ? html : data.getData("text/plain")).trim();
  }

  dropped(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length && this.file) this.file.files = event.dataTransfer.files;
    else this.field.value = this.words(event.dataTransfer) || event.dataTransfer.getData("text/uri-list");
    if (this.field.value || this.file?.files.length) this.form.requestSubmit();
  }

  wait() {
    const button = this.querySelector("button[data-waiting]");
    const says = button.querySelector("[data-says]");
    button.setAttribute("aria-busy", "true");
    this.calm ??= says.textContent;
    says.textContent = button.dataset.waiting;
  }

  rest() {
    if (this.calm === undefined) return;
    const button = this.querySelector("button[data-waiting]");
    button.removeAttribute("aria-busy");
    button.querySelector("[data-says]").textContent = this.calm;
    this.calm = undefined;
  }
}

customElements.define("paste-here", PasteHere);
