// Hits under the search field while typing. The server renders them, so only what the person may see arrives here.
import { announce } from "./announce.js";
import { Combobox, whenTypingPauses } from "./combobox.js";

export function search() {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const input = form.querySelector("#suche");
  const list = form.querySelector("#suche-treffer");
  const box = new Combobox(input, list, { take: (option) => { window.location.href = option.href; } });
  whenTypingPauses(input, async (current) => {
    const query = input.value.trim();
    if (query.length < 2) { box.close(); return; }
    try {
      const answer = await fetch(`${form.dataset.search}?q=${encodeURIComponent(query)}`, {
        headers: { "X-Requested-With": "fetch" }, redirect: "error",
      });
      if (!answer.ok || !current()) return;
      const html = await answer.text();
      if (!current()) return;
      list.innerHTML = html;
      box.open();
      const count = box.options.length;
      announce(count === 1 ? "1 Treffer" : `${count} Treffer`);
    } catch {
      box.close(); // signed out or no network: Enter still opens the search page
    }
  });
}
