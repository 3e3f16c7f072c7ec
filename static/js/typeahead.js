// Fields that pick one record by typing. The hidden field holds the id only as long as the text is the chosen one.
import { announce } from "./announce.js";
import { Combobox, whenTypingPauses } from "./combobox.js";

export function typeahead(root) {
  for (const box of root.querySelectorAll("[data-typeahead]")) {
    if (box.dataset.typeahead && !box.dataset.ready) connect(box);
  }
}

function connect(box) {
  box.dataset.ready = "1";
  const chosen = box.querySelector("[data-id]");
  const chosenFor = box.querySelector("[data-for]");
  const input = box.querySelector("input[type=text]");
  const list = box.querySelector(".soe-suggest");
  const combo = new Combobox(input, list, {
    take(option) {
      chosen.value = option.dataset.id;
      input.value = option.dataset.text;
      chosenFor.value = option.dataset.text;
      combo.close();
      box.querySelector(".soe-candidates")?.remove();
      announce(`Gewählt: ${option.dataset.text}`);
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
  input.addEventListener("input", () => { chosen.value = ""; });
  whenTypingPauses(input, async (current) => {
    const query = input.value.trim();
    if (query.length < 2) { combo.close(); return; }
    try {
      const address = new URL(box.dataset.typeahead, window.location.href);
      address.searchParams.set("q", query);
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok || !current()) return;
      const { results } = await answer.json();
      if (!current()) return;
      list.replaceChildren(...results.map((result) => option(result)));
      if (!results.length) {
        combo.close();
        announce("Kein Vorschlag");
        return;
      }
      combo.open();
      announce(results.length === 1 ? "1 Vorschlag" : `${results.length} Vorschläge`);
    } catch {
      combo.close(); // the server resolves the typed text when the form is sent
    }
  });
}

function option({ id, text, note }) {
  const row = document.createElement("div");
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.dataset.id = id;
  row.dataset.text = text;
  const main = document.createElement("span");
  main.textContent = text;
  const side = document.createElement("span");
  side.className = "soe-muted soe-small";
  side.textContent = note || "";
  row.append(main, side);
  return row;
}
