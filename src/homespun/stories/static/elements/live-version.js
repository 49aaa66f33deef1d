/**
 * <live-version src="…" parts="…" every="4000" list="#…">: keeps a page that several windows work on as it is on the server.
 *
 * `src` answers `{version, entries: [[key, version], …], others: [[id, version], …]}`, or 204 while `?since=` is the newest.
 * Entries of `list` carry `data-key` and `data-version`; changed and new ones are fetched from `parts?keys=…` and put in order,
 * gone ones are taken out; others are elements by id. A list that begins in the middle says in `data-skipped` how many come before. What somebody is
 * typing in (`[data-editing]`) is left as it is: its own save is what finds the difference.
 */
class LiveVersion extends HTMLElement {
  connectedCallback() {
    this.version = this.getAttribute("version");
    this.pending = 0; // writes of this window that are under way: what was asked before they are done is out of date
    this.stop = new AbortController();
    const signal = { signal: this.stop.signal };
    this.timer = setInterval(() => this.check(), Number(this.getAttribute("every") ?? 4000));
    document.addEventListener("saving", () => ((this.pending += 1), (this.moved = true)), signal);
    for (const name of ["saved", "unsaved"]) document.addEventListener(name, () => (this.pending = Math.max(0, this.pending - 1)), signal);
    document.addEventListener("visibilitychange", () => this.check(), signal);
    for (const name of ["reordered", "changed-elsewhere", "finished"]) {
      document.addEventListener(name, (event) => this.check(event.detail ?? {}), signal);
    }
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.stop.abort();
  }

  /** Looks now. `focus` and `show` are ids of what shall have the focus, or be in view, once it is here. */
  async check({ focus, show } = {}) {
    if (this.busy) this.again = true;
    this.wanted = { focus: focus || this.wanted?.focus, show: show || this.wanted?.show };
    if (document.hidden || this.busy) return;
    this.busy = true;
    this.moved = this.pending > 0;
    try {
      const answer = await fetch(`${this.getAttribute("src")}?since=${this.version}`, { headers: { Accept: "application/json" } });
      if (answer.status === 200 && !answer.redirected) await this.#take(await answer.json());
    } catch {
      // Off line: the next look will do.
    } finally {
      this.busy = false;
      this.#reveal();
      if (this.again) setTimeout(() => this.check());
      this.again = false;
    }
  }

  #reveal() {
    const { focus, show } = this.wanted;
    const entry = document.getElementById(focus ?? show);
    entry?.scrollIntoView({ block: "nearest" });
    if (focus) entry?.querySelector("summary, button, a")?.focus({ preventScroll: true });
    if (entry) this.wanted = {};
  }

  async #take({ version, entries, others }) {
    const list = document.querySelector(this.getAttribute("list"));
    const keys = shownKeys(list, entries);
    const before = inList(list);
    const wanted = new Set(keys);
    const stale = entries.filter(([key, made]) => wanted.has(`${key}`) && !same(before.get(`${key}`), made)).map(([key]) => key);
    const changed = others.filter(([id, made]) => !same(document.getElementById(id), made)).map(([id]) => id);
    const fresh = await this.#fetch([...stale, ...changed]);
    if (this.moved) return void (this.again = this.pending === 0);
    const here = inList(list); // anew: the page has gone on meanwhile
    for (const part of fresh) this.#replace(part, here);
    for (const [key, entry] of here) if (before.has(key) && !wanted.has(key) && !typing(entry)) entry.remove();
    arrange(list, keys.map((key) => here.get(key)).filter(Boolean));
    this.version = version;
    this.dispatchEvent(new CustomEvent("renewed", { bubbles: true, detail: { version } }));
  }

  async #fetch(keys) {
    if (!keys.length) return [];
    const answer = await fetch(`${this.getAttribute("parts")}?keys=${keys.join(",")}`);
    const room = document.createElement("template");
    room.innerHTML = await answer.text();
    return [...room.content.children];
  }

  #replace(part, here) {
    const key = part.dataset.key;
    const old = key ? here.get(key) : document.getElementById(part.id);
    if (typing(old)) return;
    const focus = old?.contains(document.activeElement) && focusPath(old);
    if (old) old.replaceWith(part);
    if (key) here.set(key, part);
    if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
    queueMicrotask(() => window.htmx?.process(part));
  }
}

const inList = (list) => new Map([...list.querySelectorAll(":scope > [data-key]")].map((entry) => [entry.dataset.key, entry]));

/** Keys of the entries that the page shows: all, or as many as it has loaded, from the one on that its list starts with. */
function shownKeys(list, entries) {
  const keys = entries.slice(Number(list.dataset.skipped ?? 0)).map(([key]) => `${key}`);
  return list.querySelector("[data-rest]") ? keys.slice(0, inList(list).size) : keys;
}

const typing = (entry) => Boolean(entry?.querySelector("[data-editing]") || entry?.matches("[data-editing]"));
const same = (entry, made) => Boolean(entry) && (entry.dataset.version === String(made) || typing(entry));

/** Puts entries in their order with as few moves as it takes to never move one that is being typed in. */
function arrange(list, entries) {
  let last = null;
  for (const entry of entries) {
    const inPlace = entry.isConnected && previous(entry) === last;
    if (!inPlace && !(typing(entry) && entry.isConnected)) {
      if (last) last.after(entry);
      else (list.querySelector(":scope > [data-key]") ?? list.lastElementChild)?.before(entry);
    }
    last = entry;
  }
}

function previous(entry) {
  let other = entry.previousElementSibling;
  while (other && !other.matches("[data-key]")) other = other.previousElementSibling;
  return other;
}

function focusPath(old) {
  const { name, value, className } = document.activeElement;
  if (name && value) return `[name="${name}"][value="${value}"]`;
  return className ? `.${className.trim().split(/\s+/).join(".")}` : null;
}

customElements.define("live-version", LiveVersion);
