// Ctrl+K always opens the search. Single keys can be switched off (WCAG 2.1.4) and never fire while somebody writes:
// "/" search, "?" overview, "g" + letter goes to a page, "n" the page's new record, "j" "k" rows, "x" ticks, Enter opens.
import { announce } from "./announce.js";

const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const PATIENCE = 1500; // ms between "g" and its letter

export function keyboard() {
  const field = document.querySelector("#suche");
  const single = document.body.dataset.shortcuts === "an";
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (field && command && event.key.toLowerCase() === "k") {
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    if (!single || command || event.repeat && !/^[jk]$/i.test(event.key) || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (going && Date.now() - going < PATIENCE) {
      going = 0;
      const link = document.querySelector(`.soe-nav a[data-go="${CSS.escape(key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    going = 0;
    if (act(event, key, field)) event.preventDefault();
    else if (key === "g") going = Date.now();
  });
}

function act(event, key, field) {
  if (key === "/" && field) { field.focus(); field.select(); return true; }
  if (key === "?") return overview();
  const link = [...document.querySelectorAll("a[data-key]")].find((a) => a.dataset.key === key);
  if (link) { link.click(); return true; }
  if (key === "n") {
    const fresh = document.querySelector("a[data-new]");
    fresh?.click();
    return Boolean(fresh);
  }
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "x") {
    const tick = current()?.querySelector('input[name="selected"]');
    tick?.click();
    return Boolean(tick);
  }
  return false;
}

function overview() {
  const dialog = document.querySelector("#tastenkuerzel");
  if (!dialog) return false;
  const before = document.activeElement;
  dialog.addEventListener("close", () => before?.focus?.(), { once: true });
  dialog.showModal();
  dialog.querySelector("h2").focus();
  return true;
}

// Rows of a list: the row's own link carries the focus, so Enter opens it by itself.
const rows = () => [...document.querySelectorAll(".soe-table tbody tr, article.soe-decision")].filter((row) => row.querySelector("a[href]"));
const current = () => document.activeElement?.closest?.(".soe-table tbody tr, article.soe-decision");

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  const link = to.querySelector(".soe-table__main, h3 a[href], a[href]");
  link.focus();
  to.scrollIntoView({ block: "nearest" });
  if (at === all.indexOf(to)) announce(by > 0 ? "Letzte Zeile" : "Erste Zeile");
  return true;
}
