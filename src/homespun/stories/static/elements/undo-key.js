// `z` and Ctrl+Z press the button of the newest undo notice, but where somebody types.

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || event.shiftKey || event.altKey || types(event.target)) return;
  const button = [...document.querySelectorAll("undo-notice button")].at(-1);
  if (!button) return;
  event.preventDefault();
  button.click();
});

const types = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
