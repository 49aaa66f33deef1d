// <takes-files accept="image/"><form>… <input type="file">…</form></takes-files>
// What is pasted into or dropped on it goes into its first file fields that are empty, which are unfolded where they are folded away.

class TakesFiles extends HTMLElement {
  connectedCallback() {
    for (const type of ["paste", "dragover", "drop"]) this.addEventListener(type, this);
  }

  disconnectedCallback() {
    for (const type of ["paste", "dragover", "drop"]) this.removeEventListener(type, this);
  }

  handleEvent(event) {
    const data = event.clipboardData ?? event.dataTransfer;
    if (event.type === "dragover") {
      if (data.types.includes("Files")) event.preventDefault();
      return;
    }
    const files = [...data.files].filter((file) => file.type.startsWith(this.getAttribute("accept") ?? ""));
    if (!files.length) return;
    event.preventDefault();
    for (const [place, field] of this.empty().slice(0, files.length).entries()) put(field, files[place]);
  }

  empty() {
    return [...this.querySelectorAll('input[type="file"]')].filter((field) => !field.files.length && !field.closest("[data-filled]"));
  }
}

const put = (field, file) => {
  const held = new DataTransfer();
  held.items.add(file);
  field.files = held.files;
  for (let more = field.closest("details"); more; more = more.parentElement.closest("details")) more.open = true;
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

customElements.define("takes-files", TakesFiles);
