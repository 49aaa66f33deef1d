// <live-part part="#talk" version="41" words="{} new post|{} new posts" more="Something new came"><div id="talk">…</div></live-part>
// Asks for its part of the page again when something has changed, with the reader's own rights, and makes it like the fresh one. `src` is
// where to ask, this page by itself; `also` names parts elsewhere; `on` is an event of the page that asks at once. What an item stands
// for is counted by `data-news` on elements with an id. A part that holds `data-still` is left alone, and so is one that has grown by hand.

import { listen } from "./listening.js";
import { morph } from "./morph.js";

const REST = 1500; // between two times, in milliseconds
const LONGEST = 12_000; // the same where one change follows the other, as while an archive is read

class LivePart extends HTMLElement {
  connectedCallback() {
    this.version = Number(this.getAttribute("version"));
    this.stop = listen((version) => this.#hear(version));
    document.addEventListener("visibilitychange", this);
    document.addEventListener("selectionchange", this);
    this.addEventListener("htmx:afterSwap", this);
    if (this.hasAttribute("on")) document.body.addEventListener(this.getAttribute("on"), this);
  }

  disconnectedCallback() {
    this.stop?.();
    clearTimeout(this.waiting);
    document.removeEventListener("visibilitychange", this);
    document.removeEventListener("selectionchange", this);
    if (this.hasAttribute("on")) document.body.removeEventListener(this.getAttribute("on"), this);
  }

  handleEvent(event) {
    if (event.type === "htmx:afterSwap") this.grown = grows(event.detail) || (this.grown && !event.target.matches(this.getAttribute("part")));
    else if (event.type === this.getAttribute("on")) this.#soon();
    else if (this.due) this.#soon();
  }

  #hear(version) {
    if (version !== null && version === this.version) return;
    this.version = version ?? this.version;
    this.#soon();
  }

  // Not while nobody looks, nor under what somebody has selected; that is made up for.
  #soon() {
    this.due = true;
    if (this.waiting || document.hidden || isSelecting(this)) return;
    const since = Date.now() - (this.asked ?? 0);
    this.rest = since > LONGEST ? REST : Math.min((this.rest ?? REST) * 1.3, LONGEST);
    this.waiting = setTimeout(() => this.#ask(), Math.max(50, this.rest - since));
  }

  async #ask() {
    this.asked = Date.now();
    this.due = false;
    try {
      if (!this.querySelector("[data-still]")) await this.#renew();
    } catch {
      this.due = true; // the server is away for a moment; the next change, or look, asks again
    } finally {
      this.waiting = 0;
      if (this.due && !document.hidden && !isSelecting(this)) setTimeout(() => this.#soon(), REST * 4);
    }
  }

  async #renew() {
    const answer = await fetch(this.getAttribute("src") || location.href, { cache: "no-store" });
    if (answer.status === 401) this.stop(); // signed out
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector(this.getAttribute("part"));
    const here = this.querySelector(this.getAttribute("part"));
    if (here && !part) location.reload(); // nothing is there any more, or something at last
    if (!part || !here) return;
    if (this.grown) {
      if (news(part) > news(here) || !here.querySelector("[data-news]")) this.#say(this.getAttribute("more"), () => location.reload());
      return;
    }
    const before = counted(here);
    morph(here, part);
    for (const selector of (this.getAttribute("also") ?? "").split(" ").filter(Boolean)) {
      const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
      if (old && fresh) morph(old, fresh);
    }
    window.htmx?.process(this);
    this.#announce(before);
  }

  #announce(before) {
    const fresh = [...this.querySelectorAll("[data-news][id]")].filter((item) => Number(item.dataset.news) > (before.get(item.id) ?? 0));
    const number = fresh.reduce((sum, item) => sum + Number(item.dataset.news) - (before.get(item.id) ?? 0), 0);
    if (!number) return;
    const waits = this.said?.isConnected && this.said.matches(".pill"); // for what came before, too
    this.number = waits ? this.number + number : number;
    this.first = waits ? this.first : fresh[0];
    const [one, several] = (this.getAttribute("words") ?? "{}|{}").split("|");
    const isSeen = !waits && fresh.some(isInSight);
    this.#say((this.number === 1 ? one : several).replace("{}", this.number), isSeen ? null : () => show(this.first));
  }

  // Read out in any case; something to press where it came out of sight.
  #say(words, press) {
    this.said?.remove();
    this.said = document.createElement("div");
    this.said.className = press ? "pill" : "visually-hidden";
    this.said.setAttribute("role", "status");
    this.append(this.said);
    if (!press) {
      this.said.textContent = words;
      return;
    }
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--ink", textContent: words });
    button.addEventListener("click", () => {
      this.said.remove();
      press();
    });
    this.said.append(button);
  }
}

// By hand: more of a list, or of a line that was cut.
const grows = ({ requestConfig }) => requestConfig?.elt?.closest(".goes-on, .talks__more") != null;

const counted = (part) => new Map([...part.querySelectorAll("[data-news][id]")].map((item) => [item.id, Number(item.dataset.news)]));

const news = (part) => [...counted(part).values()].reduce((sum, number) => sum + number, 0);

const isSelecting = (part) => {
  const selection = getSelection();
  return !selection.isCollapsed && part.contains(selection.anchorNode);
};

const isInSight = (item) => {
  const { top, bottom } = item.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

const show = (item) => {
  item.scrollIntoView({ block: "center" });
  item.setAttribute("tabindex", "-1");
  item.focus({ preventScroll: true });
};

customElements.define("live-part", LivePart);
