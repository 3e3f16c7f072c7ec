// Open menus close with Escape, with a click elsewhere, and when another one opens. Bulk bar: counts the ticks.
import { announce } from "./announce.js";

const MENUS = "details.soe-menu, details.soe-user";

export function menus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(`:is(${MENUS})[open]`)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.(`:is(${MENUS})[open]`);
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // The filters of a list are open where there is room, and stay open where somebody opened them.
  const wide = window.matchMedia("(min-width: 1000px)");
  if (wide.matches) document.querySelectorAll(".soe-filterbox").forEach((box) => { box.open = true; });
  document.addEventListener("change", bulk);
}

function bulk(event) {
  const bar = document.querySelector(".soe-bulk");
  if (!bar || !event.target.matches?.(".soe-check")) return;
  const all = event.target.closest("thead");
  const ticks = [...document.querySelectorAll("tbody .is-check .soe-check")];
  if (all) ticks.forEach((tick) => { tick.checked = event.target.checked; });
  const ticked = ticks.filter((tick) => tick.checked);
  for (const tick of ticks) tick.closest("tr").classList.toggle("is-selected", tick.checked);
  bar.hidden = ticked.length === 0;
  const text = `${ticked.length} ausgewählt`;
  bar.querySelector("[data-count]").textContent = text;
  announce(text);
}
