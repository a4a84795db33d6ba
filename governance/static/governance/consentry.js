// Keys for lists and search; every page works without this file.
(() => {
  "use strict";
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]") || e.ctrlKey || e.metaKey || e.altKey;
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const help = () => {
    const dialog = document.getElementById("keys");
    if (dialog) dialog.open ? dialog.close() : dialog.showModal();
  };
  const acts = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    "?": help,
  };
  document.addEventListener("keydown", (e) => {
    const act = acts[e.key];
    if (!act || typing(e)) return;
    e.preventDefault();
    act();
  });
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-keys]")) help();
    const copy = e.target.closest("[data-copy]");
    if (copy) {
      const text = document.getElementById(copy.dataset.copy).textContent.trim();
      navigator.clipboard?.writeText(text).then(() => { copy.textContent = "Copied"; });
    }
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      if (!open.contains(e.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
  document.addEventListener("change", (e) => {
    if (e.target.closest("[data-apply]")) e.target.form.requestSubmit();
  });
})();
