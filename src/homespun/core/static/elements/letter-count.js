// <letter-count for="text" warning="warning" of="account" longest="500" link="23" short-names left="{left} left of {most}" over="…">
//   <progress></progress><output></output></letter-count>
// Counts while one types, as a network does. It is a help: the server decides. `link`: each link counts as many. `short-names`: names
// count without their server. `code-points`: code points count, not graphemes. `strict`: whichever of all these counts most. `gap`: what
// is added for a warning. `of` names the checkbox without which it does not matter, or the select where it matters at its `value`.

const LINK = /https?:\/\/[^\s<>"]+/gi;
const NAME = /(^|[^\w/@])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w(?::\d+)?/g;
const TAIL = ".,;:!?'\"“”‘’…";
const PAIRS = { ")": "(", "]": "[", "}": "{" };
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
    const lengths = this.counted.map((field) => this.length(field.value.trim()));
    const gap = lengths[1] ? Number(this.getAttribute("gap")) : 0;
    const used = lengths.reduce((sum, each) => sum + each, gap);
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
    const strict = this.hasAttribute("strict");
    const counts = [this.folded(text, strict)].map(this.hasAttribute("code-points") ? codePoints : graphemes);
    return strict ? Math.max(...counts, codePoints(text)) : counts[0];
  }

  folded(text, strict) {
    const link = Number(this.getAttribute("link"));
    if (link) text = text.replace(LINK, (found) => "x".repeat(link) + found.slice(whole(found).length));
    return strict || this.hasAttribute("short-names") ? text.replace(NAME, "$1@$2") : text;
  }

  named(attribute) {
    const id = this.getAttribute(attribute);
    return id ? this.root.getElementById(id) : null;
  }
}

const codePoints = (text) => [...text].length;
const graphemes = (text) => [...letters.segment(text)].length;
const many = (text, sign) => text.split(sign).length;

// A link without what follows it in its sentence.
const whole = (link) => {
  const ends = (sign) => TAIL.includes(sign) || (sign in PAIRS && many(link, sign) > many(link, PAIRS[sign]));
  while (link && ends(link.at(-1))) link = link.slice(0, -1);
  return link;
};

customElements.define("letter-count", LetterCount);
