// Keys of the queue of parents: a digit picks for the text that has the focus, u takes the last answer back.
(() => {
  "use strict";
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]") || e.ctrlKey || e.metaKey || e.altKey;
  document.addEventListener("keydown", (e) => {
    if (typing(e)) return;
    if (e.key === "u") {
      const undo = document.querySelector("[data-undo]");
      if (undo) { e.preventDefault(); undo.click(); }
      return;
    }
    if (!/^[0-9]$/.test(e.key)) return;
    const item = document.activeElement?.closest("[data-keyset] > li");
    const button = item?.querySelector(`[data-key="${e.key}"]`);
    if (button) { e.preventDefault(); button.click(); }
  });
})();
