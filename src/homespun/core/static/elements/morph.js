// Makes a part of the page like a fresh one and keeps what is the same: places scrolled to, what is unfolded, and whatever is being filled in.

export const morph = (here, fresh) => {
  if (here.isEqualNode(fresh) || isBusy(here) || isOpenedByHand(here, fresh)) return;
  if (!isAlike(here, fresh)) {
    if (!holdsFocus(here)) here.replaceWith(document.importNode(fresh, true));
    return;
  }
  if (here.nodeType !== Node.ELEMENT_NODE) {
    here.data = fresh.data;
    return;
  }
  likenAttributes(here, fresh);
  likenChildren(here, fresh);
};

const isAlike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "");

const likenAttributes = (here, fresh) => {
  const kept = here.nodeName === "DETAILS" ? ["open"] : [];
  for (const { name } of [...here.attributes]) {
    if (!fresh.hasAttribute(name) && !kept.includes(name)) here.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (here.getAttribute(name) !== value && !kept.includes(name)) here.setAttribute(name, value);
  }
};

const likenChildren = (here, fresh) => {
  const named = new Map([...here.children].filter((child) => child.id).map((child) => [child.id, child]));
  let next = here.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = (child.id && named.get(child.id)) || (next && !next.id && !child.id && isAlike(next, child) && next);
    if (!match) {
      here.insertBefore(document.importNode(child, true), next);
      continue;
    }
    if (match === next) next = next.nextSibling;
    else if (here.moveBefore) here.moveBefore(match, next); // keeps the focus, where a browser can
    else here.insertBefore(match, next);
    morph(match, child);
  }
  while (next) {
    const after = next.nextSibling;
    if (!holdsFocus(next) && !holdsBusy(next)) next.remove();
    next = after;
  }
};

// A field with the cursor in it, and a form in which something was changed and not sent.
const isBusy = (node) => node.matches?.("form") === true && [...node.elements].some((field) => isTypedIn(field) || isChanged(field));

const holdsBusy = (node) => isBusy(node) || [...(node.querySelectorAll?.("form") ?? [])].some(isBusy);

// A form was put where the fresh page has nothing; and what htmx keeps is kept here, too.
const isOpenedByHand = (here, fresh) =>
  here.nodeType === Node.ELEMENT_NODE && (here.hasAttribute("hx-preserve") || (!fresh.firstElementChild && here.querySelector("form") !== null));

const isTypedIn = (field) => field === document.activeElement && field.matches("textarea, select, [contenteditable], input:not([type=submit])");

const isChanged = (field) => {
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected) && !isFirstOf(field);
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  return field.matches("textarea, input:not([type=hidden])") && field.value !== field.defaultValue;
};

// Where no option is marked as chosen the browser chooses the first.
const isFirstOf = (select) => select.selectedIndex === 0 && ![...select.options].some((option) => option.defaultSelected);

const holdsFocus = (node) => node !== document.body && node.contains?.(document.activeElement);
