// <kept-draft name="answer-12"><form>…</form></kept-draft> keeps what is typed in this window until it has been sent: it is there again
// after the page was loaded anew, after one had to sign in again, after the line broke. `bound`: the server has filled the form.
// Control and Enter send it.
// The address of the page to which a form leads that was sent ends with its key (#o-KEY…): then what was kept of it goes.

const KEPT = "homespun:draft:";
const TYPED = "textarea[name], input[type='text'][name], input[name='key'], input[type='date'][name], input[type='time'][name], select[name]";

class KeptDraft extends HTMLElement {
  connectedCallback() {
    forget();
    if (!this.getAttribute("name")) return;
    this.form = this.querySelector("form");
    if (!this.form) return;
    if (!this.hasAttribute("bound")) this.fill();
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.addEventListener("keydown", this);
    this.begin();
    if (this.hasAttribute("bound")) this.keep();
  }

  handleEvent(event) {
    if (event.type !== "keydown") return this.keep();
    const goes = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (goes) this.form.requestSubmit(this.form.querySelector("button[type='submit']"));
  }

  begin() {
    const field = this.form.querySelector("textarea[autofocus]");
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  get place() {
    return KEPT + this.getAttribute("name");
  }

  fields() {
    return [...this.form.querySelectorAll(TYPED)];
  }

  keep() {
    const typed = this.fields().map((field) => [field.name, field.value]);
    try {
      if (this.isTyped()) sessionStorage.setItem(this.place, JSON.stringify(typed));
      else sessionStorage.removeItem(this.place);
    } catch {
      // the window keeps nothing: then it is as it would be without this
    }
  }

  isTyped() {
    const isOld = (field) => !this.hasAttribute("bound") && field.value === field.defaultValue;
    return this.fields().some((field) => field.localName === "textarea" && field.value.trim() && !isOld(field));
  }

  fill() {
    const kept = read(this.place);
    if (!kept) return;
    const left = new Map();
    for (const [name, value] of kept) left.set(name, [...(left.get(name) ?? []), value]);
    for (const field of this.fields()) {
      const value = left.get(field.name)?.shift();
      if (value === undefined || value === field.value) continue;
      field.value = value;
      const more = value && field.closest("details");
      if (more) more.open = true;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

const read = (place) => {
  try {
    return JSON.parse(sessionStorage.getItem(place));
  } catch {
    return null;
  }
};

const forget = () => {
  if (!location.hash.startsWith("#o-")) return;
  for (const place of Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT))) {
    const key = (read(place) ?? []).find(([name]) => name === "key")?.[1];
    if (key && location.hash.startsWith(`#o-${key}`)) sessionStorage.removeItem(place);
  }
};

customElements.define("kept-draft", KeptDraft);
