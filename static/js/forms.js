// Focus on the error summary, counters, one submit per form, a warning before unsaved input is lost.
import { announce } from "./announce.js";

export function forms(root) {
  root.querySelector("[data-focus]")?.focus();
  root.addEventListener("click", count);
  for (const form of root.querySelectorAll("form[data-form]:not([data-upload])")) guard(form);
}

function count(event) {
  const button = event.target.closest?.("[data-step]");
  if (!button) return;
  event.preventDefault(); // on site − and + are submit buttons, for pages without a script
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const lowest = field.min === "" ? -Infinity : Number(field.min);
  const highest = field.max === "" ? Infinity : Number(field.max);
  field.value = String(Math.min(highest, Math.max(lowest, (Number(field.value) || 0) + Number(button.dataset.step))));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  announce(`${field.labels[0]?.textContent.trim() ?? ""}: ${field.value}`);
}

function guard(form) {
  let changed = false;
  let sent = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("change", () => { changed = true; });
  form.addEventListener("submit", (event) => {
    // A double click sends once; the server would carry it out once anyway (one-time token).
    if (sent) { event.preventDefault(); return; }
    sent = true;
    form.setAttribute("aria-busy", "true");
  });
  // Back to this page out of the browser's memory: the form may be sent again.
  window.addEventListener("pageshow", () => { sent = false; form.removeAttribute("aria-busy"); });
  window.addEventListener("beforeunload", (event) => {
    if (changed && !sent && form.dataset.kept !== "yes") event.preventDefault();
  });
}
