// Adding files: what was chosen, a caption for each, how far the sending is. Without a script the plain form does it.
import { announce } from "./announce.js";

export function uploads(root) {
  for (const form of root.querySelectorAll("form[data-upload]")) watch(form);
}

function watch(form) {
  const box = form.querySelector("[data-chosen]");
  const inputs = form.querySelectorAll("input[type=file]");
  for (const input of inputs) input.addEventListener("change", () => list(box, inputs));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || ![...inputs].some((input) => input.files.length)) return;
    event.preventDefault();
    send(form);
  });
}

function list(box, inputs) {
  const kept = [...box.querySelectorAll("input")].map((field) => field.value);
  const files = [...inputs].flatMap((input) => [...input.files]);
  box.hidden = files.length < 1;
  box.querySelector("ul").replaceChildren(...files.map((file, number) => line(file, number, kept[number] ?? "")));
  announce(files.length === 1 ? "1 Datei ausgewählt" : `${files.length} Dateien ausgewählt`);
}

function line(file, number, text) {
  const item = document.createElement("li");
  item.className = "soe-upload";
  const label = document.createElement("label");
  label.htmlFor = `beschriftung-${number}`;
  const size = file.size < 1048576 ? `${Math.max(Math.round(file.size / 1024), 1)} KB` : `${(file.size / 1048576).toFixed(1).replace(".", ",")} MB`;
  label.textContent = `Beschriftung: ${file.name} (${size})`;
  const field = document.createElement("input");
  Object.assign(field, { id: label.htmlFor, name: "captions", maxLength: 200, className: "soe-input", value: text });
  item.append(label, field);
  return item;
}

function send(form) {
  const bar = form.querySelector("[data-progress]");
  const percent = bar.querySelector("[data-percent]");
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  bar.hidden = false;
  button.disabled = true;
  announce("Dateien werden hochgeladen");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const done = Math.round((event.loaded / event.total) * 100);
    bar.querySelector("progress").value = done;
    percent.textContent = done < 100 ? `${done} %` : "wird geprüft";
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && request.responseURL.endsWith("/dateien/fertig/")) {
      location.assign(form.dataset.back);
      return;
    }
    // The answer is a page: the form with what is wrong, the login, or an error.
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (!main) { failed(form, bar, button); return; }
    document.querySelector("main").replaceWith(document.adoptNode(main));
    uploads(main);
    (main.querySelector("[data-focus]") ?? main).focus();
  });
  request.addEventListener("error", () => failed(form, bar, button));
  request.open("POST", form.action || location.href);
  request.setRequestHeader("X-Soe-Upload", "1");
  request.send(new FormData(form));
}

function failed(form, bar, button) {
  bar.hidden = true;
  button.disabled = false;
  form.removeAttribute("aria-busy");
  const note = document.createElement("p");
  note.className = "soe-note soe-note--danger";
  note.setAttribute("role", "alert");
  note.textContent = "Die Verbindung ist abgebrochen. Ihre Auswahl ist noch da; bitte versuchen Sie es noch einmal.";
  bar.before(note);
}
