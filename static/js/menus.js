// Open menus close with Escape, with a click elsewhere, and when another one opens.
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
}
