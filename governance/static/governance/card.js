// The Data Card's form: saves what is typed, field by field, and leads to the next one that is asked and empty.
// Without this file the whole form is saved by its button.
(() => {
  "use strict";
  const PAUSE = 1200; // ms after the last key
  const form = () => document.getElementById("card-form");
  const keep = ["csrfmiddlewaretoken", "profile"];
  const control = (field) => field.querySelector("input:not([type=hidden]), select, textarea");
  const empty = (field) => {
    const boxes = field.querySelectorAll("input[type=checkbox]");
    return boxes.length ? ![...boxes].some((box) => box.checked) : !control(field)?.value.trim();
  };
  const reveal = (field) => {
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const first = control(field);
    (first || field).focus();
    field.scrollIntoView({ block: "center" });
  };
  const next = () => {
    const wanted = [...document.querySelectorAll("[data-wanted]")].filter(empty);
    const here = document.activeElement;
    const after = wanted.find((f) => !f.contains(here) && here.compareDocumentPosition(f) & Node.DOCUMENT_POSITION_FOLLOWING);
    const found = after || wanted.find((f) => !f.contains(here));
    if (found) reveal(found);
    else document.getElementById("scores")?.scrollIntoView({ block: "center" });
  };
  const toTarget = () => {
    const field = document.getElementById(location.hash.slice(1));
    if (field?.matches(".field")) reveal(field);
  };

  let timer, last;
  const typed = () => {
    clearTimeout(timer);
    last?.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
    last = null;
  };
  document.addEventListener("input", (e) => {
    if (!form()?.contains(e.target) || !e.target.matches("[data-typed]")) return;
    if (last && last !== e.target) typed();
    last = e.target;
    clearTimeout(timer);
    timer = setTimeout(typed, PAUSE);
  });
  document.addEventListener("change", (e) => {
    if (e.target === last) { clearTimeout(timer); last = null; }
  }, true);

  document.addEventListener("keydown", (e) => {
    const inside = e.target.closest?.("#card-form .field");
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && inside) {
      e.preventDefault();
      next(); // leaving the field saves it
    } else if (e.key === "n" && !e.ctrlKey && !e.metaKey && !e.altKey && !e.target.closest("input:not([type=checkbox]), textarea, select")) {
      e.preventDefault();
      next();
    }
  });

  // Only the field that changed is sent, so that two people who fill different fields never undo each other's work.
  document.addEventListener("htmx:configRequest", (e) => {
    const source = e.detail.triggeringEvent?.target;
    if (e.detail.elt !== form() || !source?.name) return;
    for (const name of [...new Set(e.detail.parameters.keys?.() ?? Object.keys(e.detail.parameters))]) {
      if (name !== source.name && !keep.includes(name)) delete e.detail.parameters[name];
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const field of document.querySelectorAll("#card-form .field")) {
      const wrong = field.querySelector(".ground .error") !== null;
      control(field)?.toggleAttribute("aria-invalid", wrong);
      if (wrong) control(field).setAttribute("aria-invalid", "true");
      field.classList.toggle("answered", "wanted" in field.dataset && !wrong && !empty(field));
    }
  });
  window.addEventListener("hashchange", toTarget);
  document.addEventListener("click", (e) => {
    const link = e.target.closest?.('a[href^="#f-"]');
    if (link && link.hash === location.hash) toTarget();
  });
  document.addEventListener("DOMContentLoaded", toTarget);
})();
