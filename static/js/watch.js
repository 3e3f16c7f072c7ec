// A page that waits for a job asks for its own state again; the server decides what stands there.
import { announce } from "./announce.js";

const PAUSE = 2000;
let spoken = 0;

export function watch() {
  if (document.querySelector("[data-watch]")) setTimeout(ask, PAUSE);
}

async function ask() {
  const old = document.querySelector("[data-watch]");
  if (!old) return;
  // A hidden page asks for nothing; it looks again when it is seen.
  if (document.hidden) return void setTimeout(ask, PAUSE);
  try {
    const answer = await fetch(old.dataset.watch, { redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(old.id);
    if (!fresh) return;
    if (!fresh.hasAttribute("data-watch")) {
      // The end changes buttons and more: the whole page, once.
      window.location.reload();
      return;
    }
    if (fresh.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) {
      old.replaceWith(fresh);
      const words = fresh.querySelector("label")?.textContent ?? "";
      // Not every change is spoken: a reader of screens wants to work meanwhile.
      if (words && Date.now() - spoken > 15000) { spoken = Date.now(); announce(words); }
    }
  } catch {
    // Offline or signed out: the link on the page says the same.
  }
  setTimeout(ask, PAUSE);
}
