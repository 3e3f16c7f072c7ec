// "@" in a comment offers people who may see the record. Without script one types the whole name; the server checks.
import { announce } from "./announce.js";
import { Combobox, whenTypingPauses } from "./combobox.js";

export function mentions(root) {
  for (const form of root.querySelectorAll("form[data-mentions]")) connect(form);
}

// The words between the last "@" and the caret, or null.
function asked(input) {
  const before = input.value.slice(0, input.selectionStart);
  const match = /(?:^|[^\w@.])@([^\s@]*(?: [^\s@]*)?)$/u.exec(before);
  return match ? { words: match[1], start: before.length - match[1].length } : null;
}

function connect(form) {
  const input = form.querySelector("textarea");
  const list = form.querySelector(".soe-suggest");
  const combo = new Combobox(input, list, {
    label: "Personen",
    take(option) {
      const place = asked(input);
      if (!place) return;
      const rest = input.value.slice(input.selectionStart);
      const head = `${input.value.slice(0, place.start)}${option.dataset.text} `;
      input.value = head + rest.replace(/^ /, "");
      input.setSelectionRange(head.length, head.length);
      combo.close();
      input.focus();
      announce(`Erwähnt: ${option.dataset.text}`);
    },
  });
  whenTypingPauses(input, async (current) => {
    const place = asked(input);
    if (!place || !place.words.trim()) { combo.close(); return; }
    try {
      const address = new URL(form.dataset.mentions, window.location.href);
      address.searchParams.set("q", place.words.trim());
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok || !current()) return;
      const { results } = await answer.json();
      if (!current()) return;
      list.replaceChildren(...results.map(row));
      if (!results.length) { combo.close(); return; }
      combo.open();
      announce(results.length === 1 ? "1 Person" : `${results.length} Personen`);
    } catch {
      combo.close();
    }
  });
}

function row({ text, note }) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.text = text;
  const name = document.createElement("span");
  name.textContent = text;
  const side = document.createElement("span");
  side.className = "soe-muted soe-small";
  side.textContent = note;
  option.append(name, side);
  return option;
}
