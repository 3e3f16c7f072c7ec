// Parts of a form page that depend on what is chosen: asked again and replaced by id. Without script nothing is missing.
import { announce } from "./announce.js";

for (const form of document.querySelectorAll("form[data-refresh]")) {
  const names = new Set(form.dataset.refreshOn.split(" "));
  let round = 0;
  // Fields beside the form belong to it by their `form` attribute, so the whole document is listened to.
  document.addEventListener("change", async (event) => {
    const field = event.target;
    if (field.form !== form || !names.has(field.name)) return;
    const mine = ++round;
    const address = new URL(form.dataset.refresh, window.location.href);
    for (const [name, value] of new FormData(form)) {
      if (names.has(name) && value) address.searchParams.append(name, value);
    }
    try {
      const answer = await fetch(address, { redirect: "error" });
      if (!answer.ok || mine !== round) return;
      const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== round) return;
      for (const part of parts.querySelectorAll("[id^=hinweis-]")) replace(part);
      announce("Hinweise zum Haus und Empfänger sind aktualisiert");
    } catch {
      // Offline or signed out: the server says the same when the form is sent.
    }
  });
}

function replace(part) {
  const old = document.getElementById(part.id);
  if (!old || old.innerHTML === part.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(part);
  if (focused) document.getElementById(focused)?.focus();
}
