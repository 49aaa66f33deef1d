// <undo-notice class="undo"><span>Took out a post.</span><form …><button>Undo</button></form></undo-notice>
// Says what was done, and stays for as long as one looks at it; goes when the next thing is done, or after a while if it cannot be undone.

const PATIENCE = 8000;

class UndoNotice extends HTMLElement {
  connectedCallback() {
    for (const other of document.querySelectorAll("undo-notice")) {
      if (other !== this && other.compareDocumentPosition(this) & Node.DOCUMENT_POSITION_FOLLOWING) other.remove();
    }
    if (!this.querySelector("button, a")) this.#leaveWhenUnwatched();
  }

  disconnectedCallback() {
    clearTimeout(this.waiting);
  }

  #leaveWhenUnwatched() {
    this.waiting = setTimeout(() => (this.matches(":hover") ? this.#leaveWhenUnwatched() : this.remove()), PATIENCE);
  }
}

customElements.define("undo-notice", UndoNotice);
