// <letter-count for="text" warning="warning" of="account" longest="500" link="23" short-names left="{left} left of {most}" over="…">
//   <progress></progress><output></output></letter-count>
// Counts while one types, as a network does: letters as they are seen, each link at a fixed length, names without their server. It is a
// help: the server decides. `of` names the checkbox without which it does not matter, or the select where it matters at its `value`.

const LINK = /https?:\/\/[^\s<>"]+/gi;
const NAME = /(^|[^\w/@])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w/g;
const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

class LetterCount extends HTMLElement {
  connectedCallback() {
    this.root = this.getRootNode();
    this.counted = ["for", "warning"].map((name) => this.named(name)).filter(Boolean);
    this.switch = this.named("of");
    for (const field of [...this.counted, this.switch]) field?.addEventListener("input", this);
    this.switch?.addEventListener("change", this);
    addEventListener("pageshow", this);
    this.addEventListener("recount", this);
    this.handleEvent();
  }

  disconnectedCallback() {
    for (const field of [...this.counted, this.switch]) field?.removeEventListener("input", this);
    this.switch?.removeEventListener("change", this);
    removeEventListener("pageshow", this);
  }

  handleEvent() {
    this.hidden = this.isOff();
    const most = Number(this.getAttribute("longest"));
    const used = this.counted.reduce((sum, field) => sum + this.length(field.value.trim()), 0);
    const words = this.getAttribute(used > most ? "over" : "left");
    const progress = this.querySelector("progress");
    if (progress) progress.value = Math.min(used, most);
    this.toggleAttribute("too-long", used > most);
    const said = words.replace("{left}", most - used).replace("{over}", used - most).replace("{most}", most);
    const output = this.querySelector("output");
    if (output.textContent !== said) output.textContent = said;
  }

  isOff() {
    if (!this.switch) return false;
    return this.switch.type === "checkbox" ? !this.switch.checked : this.switch.value !== this.getAttribute("value");
  }

  length(text) {
    const link = Number(this.getAttribute("link"));
    if (link) text = text.replace(LINK, (found) => "x".repeat(link) + found.slice(whole(found).length));
    if (this.hasAttribute("short-names")) text = text.replace(NAME, "$1@$2");
    let count = 0;
    for (const _letter of letters.segment(text)) count += 1;
    return count;
  }

  named(attribute) {
    const id = this.getAttribute(attribute);
    return id ? this.root.getElementById(id) : null;
  }
}

// A link without what ends its sentence.
const whole = (link) => link.replace(/[.,;:!?'"“”‘’…)\]}]+$/, (tail) => (tail.startsWith(")") && link.includes("(") ? ")" : ""));

customElements.define("letter-count", LetterCount);
