// An open `details.menu` closes when one presses Escape or anything outside of it.

const closeAll = (but) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== but) menu.open = false;
  }
};

document.addEventListener("click", (event) => closeAll(event.target.closest("details.menu")));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  closeAll();
  menu?.querySelector("summary").focus();
});
