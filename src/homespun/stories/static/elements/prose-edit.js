/**
 * <prose-edit src="…/editor.js" label="…">: turns the textarea inside into rich text, with ProseMirror from `src`, which is
 * fetched when the first one is opened. Buttons of its `[role=toolbar]` say what they do in `data-do`; `[data-link]` is the row
 * in which an address is written. The textarea keeps the HTML and stays what a form sends.
 */
const DOES = {
  bold: ["toggleBold", "bold"],
  italic: ["toggleItalic", "italic"],
  list: ["toggleBulletList", "bulletList"],
  numbers: ["toggleOrderedList", "orderedList"],
  heading: ["toggleHeading", "heading", { level: 2 }],
  quotation: ["toggleBlockquote", "blockquote"],
};

class ProseEdit extends HTMLElement {
  async connectedCallback() {
    this.area = this.querySelector("textarea");
    const parts = await import(this.getAttribute("src"));
    if (!this.isConnected || this.editor) return;
    const isFocused = document.activeElement === this.area; // words may have been typed before the editor was here
    this.bar = this.querySelector("[role=toolbar]");
    this.link = this.querySelector("[data-link]");
    this.editor = new parts.Editor({
      element: this.#room(),
      extensions: extensions(parts),
      content: isFocused ? typed(this.area.value) : this.area.value,
      injectCSS: false,
      editorProps: { attributes: { class: "editor__words", role: "textbox", "aria-multiline": "true", "aria-label": this.getAttribute("label") } },
      onUpdate: () => this.#written(),
      onTransaction: () => this.#press(),
    });
    this.bar.hidden = false;
    this.bar.addEventListener("click", (event) => this.#do(event.target.closest("[data-do]")?.dataset.do));
    this.bar.addEventListener("keydown", (event) => walk(event, this.bar));
    this.addEventListener("keydown", (event) => this.#keys(event));
    this.link.addEventListener("click", (event) => this.#setLink(event.target.closest("button")?.name));
    this.area.addEventListener("brought-back", () => this.editor.commands.setContent(this.area.value, { emitUpdate: false }));
    if (isFocused) this.#takeFocus();
    else if (this.hasAttribute("autofocus")) this.editor.commands.focus("end");
    this.#press();
  }

  disconnectedCallback() {
    this.editor?.destroy();
    this.editor = null;
  }

  /** At once, so that no key is lost; the editor's own command waits for the next frame. */
  #takeFocus() {
    this.editor.commands.setTextSelection(this.editor.state.doc.content.size);
    this.editor.view.focus();
  }

  #room() {
    const room = document.createElement("div");
    this.area.after(room);
    this.area.hidden = true;
    return room;
  }

  #written() {
    this.area.value = this.editor.isEmpty ? "" : this.editor.getHTML();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #press() {
    if (!this.editor) return;
    for (const button of this.bar.querySelectorAll("[data-do]")) {
      const [, name, attributes] = DOES[button.dataset.do] ?? [null, "link"];
      button.setAttribute("aria-pressed", this.editor.isActive(name, attributes));
    }
  }

  #do(what) {
    if (what === "link") return this.#askLink();
    if (!DOES[what]) return;
    const [command, , attributes] = DOES[what];
    this.editor.chain().focus()[command](attributes).run();
  }

  #askLink() {
    this.link.hidden = !this.link.hidden;
    const field = this.link.querySelector("input");
    field.value = this.editor.getAttributes("link").href ?? "";
    if (!this.link.hidden) field.focus();
  }

  #setLink(name) {
    const href = this.link.querySelector("input").value.trim();
    const chain = this.editor.chain().focus().extendMarkRange("link");
    if (name === "link-set" && href) chain.setLink({ href: /^[a-z]+:/i.test(href) ? href : `https://${href}` }).run();
    if (name === "link-unset") chain.unsetLink().run();
    if (name) this.link.hidden = true;
  }

  #keys(event) {
    const inLink = this.link.contains(event.target);
    if ((event.ctrlKey || event.metaKey) && event.key === "k") this.#askLink();
    else if (inLink && event.key === "Enter") this.#setLink("link-set");
    else if (inLink && event.key === "Escape") this.#askLink();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function extensions(parts) {
  const plain = ["Document", "Paragraph", "Text", "HardBreak", "Bold", "Italic", "BulletList", "OrderedList", "ListItem", "Blockquote", "History", "Gapcursor"];
  return [
    ...plain.map((name) => parts[name]),
    parts.Heading.configure({ levels: [2, 3] }),
    parts.Link.configure({ openOnClick: false, defaultProtocol: "https", HTMLAttributes: { target: null, rel: null } }),
  ];
}

/** What was typed into the textarea before the editor was here: plain words, unless they came as HTML. */
function typed(value) {
  if (value.startsWith("<")) return value;
  const paragraph = (text) => ({ type: "paragraph", content: text ? [{ type: "text", text }] : [] });
  return { type: "doc", content: value.split("\n").map(paragraph) };
}

/** Left and right walk a toolbar, as its role promises; Tab leaves it. */
function walk(event, bar) {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!way) return;
  const stops = [...bar.querySelectorAll("button")];
  stops.at((stops.indexOf(document.activeElement) + way) % stops.length)?.focus();
  event.preventDefault();
}

customElements.define("prose-edit", ProseEdit);
