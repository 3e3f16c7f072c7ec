// The bulk bar: counts the ticks, ticks a page, and says when all hits of the view are meant.
import { announce } from "./announce.js";

export function bulk() {
  const bar = document.querySelector("#sammel.soe-bulk");
  if (!bar) return;
  const ticks = () => [...document.querySelectorAll('input[name="selected"][form="sammel"]')];
  const whole = bar.querySelector('input[name="alle"]');
  const page = document.querySelector('thead input[form="sammel"]');

  function show(spoken = true) {
    const all = ticks();
    const ticked = all.filter((tick) => tick.checked);
    for (const tick of all) tick.closest("tr, article")?.classList.toggle("is-selected", tick.checked || whole?.checked);
    bar.classList.toggle("is-active", ticked.length > 0 || Boolean(whole?.checked));
    if (page) {
      page.checked = all.length > 0 && ticked.length === all.length;
      page.indeterminate = ticked.length > 0 && !page.checked;
    }
    const text = whole?.checked ? whole.closest("label").textContent.trim() : `${ticked.length} ausgewählt`;
    bar.querySelector("[data-count]").textContent = whole?.checked ? "Ausgewählt:" : text;
    if (spoken) announce(text);
  }

  document.addEventListener("change", (event) => {
    if (event.target === page) {
      const on = page.checked;
      for (const tick of ticks()) tick.checked = on;
    }
    if (event.target.form === bar) show();
  });
  bar.addEventListener("reset", () => setTimeout(() => {
    show();
    document.querySelector("#inhalt")?.focus();
  }));
  // Back out of the browser's memory: the ticks are still set.
  window.addEventListener("pageshow", () => show(false));
  show(false);
}
