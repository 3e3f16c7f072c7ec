// „Neu anlegen“ beside a field: the create page in a native dialog. Without script, or when anything fails, the
// button sends the form as it is; the server keeps the input and comes back with the new record.
import { announce } from "./announce.js";
import { typeahead } from "./typeahead.js";

export function quick() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-quick]");
    if (!button || !window.HTMLDialogElement) return;
    event.preventDefault();
    open(button).catch(() => plain(button));
  });
}

function plain(button) {
  button.removeAttribute("data-quick");
  button.click();
}

async function open(button) {
  const answer = await fetch(button.dataset.quick, { redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const dialog = document.createElement("dialog");
  dialog.className = "soe-dialog kern-layer kern-level-2";
  dialog.setAttribute("aria-labelledby", "neu-titel");
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
  fill(dialog, await answer.text());
  dialog.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) dialog.close(); });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    send(dialog, event.target, button);
  });
  dialog.showModal();
  dialog.querySelector("h2").focus();
}

function fill(dialog, html) {
  dialog.innerHTML = html;
  // Ids of the dialog must not meet those of the page behind it.
  for (const node of dialog.querySelectorAll("[id]:not(#neu-titel)")) rename(dialog, node);
  typeahead(dialog);
}

function rename(dialog, node) {
  const before = node.id;
  node.id = `neu-${before}`;
  for (const other of dialog.querySelectorAll(`[for="${CSS.escape(before)}"]`)) other.htmlFor = node.id;
  for (const link of dialog.querySelectorAll(`a[href="#${CSS.escape(before)}"]`)) link.hash = node.id;
  for (const name of ["aria-describedby", "aria-labelledby", "aria-controls"]) {
    for (const other of dialog.querySelectorAll(`[${name}~="${CSS.escape(before)}"]`)) {
      other.setAttribute(name, other.getAttribute(name).split(" ").map((id) => (id === before ? node.id : id)).join(" "));
    }
  }
}

async function send(dialog, form, button) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.headers.get("Content-Type")?.startsWith("application/json") && answer.ok) {
      take(button, await answer.json());
      dialog.close();
      return;
    }
    if (answer.status >= 500 || answer.redirected) throw new Error(String(answer.status));
    fill(dialog, await answer.text());
    (dialog.querySelector("[data-focus]") ?? dialog.querySelector("h2")).focus();
  } catch {
    form.removeAttribute("aria-busy");
    announce("Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.");
  }
}

function take(button, { id, text }) {
  const form = button.form;
  const field = form.elements[button.value];
  if (field instanceof HTMLSelectElement) {
    field.add(new Option(text, id, true, true));
  } else {
    field.value = id;
    const box = field.closest("[data-typeahead]");
    box.querySelector("input[type=text]").value = text;
    box.querySelector("[data-for]").value = text;
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
  announce(`Angelegt und gewählt: ${text}`);
}
