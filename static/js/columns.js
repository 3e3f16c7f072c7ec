// The column chooser: moves a line without leaving the page; the server does the same without script.
import { announce } from "./announce.js";

export function columns() {
  const form = document.querySelector("[data-columns] form");
  if (!form) return;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=hoch], button[name=runter]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li");
    const up = button.name === "hoch";
    const other = up ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (up) other.before(line); else other.after(line);
    button.focus();
    const place = [...line.parentElement.children].indexOf(line) + 1;
    announce(`${line.querySelector("label").textContent.trim()}: Platz ${place} von ${line.parentElement.children.length}`);
  });
}
