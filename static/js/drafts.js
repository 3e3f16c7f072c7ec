// What is typed is kept on the server, for its author alone. Nothing is stored in the browser.
import { announce } from "./announce.js";

const PAUSE = 1200; // after the last key
const LONGEST = 8000; // at the latest, while somebody goes on typing
const AGAIN = [3000, 10000, 30000];

const TEXTS = {
  401: "Nicht gespeichert: Sie sind abgemeldet. Bitte melden Sie sich in einem zweiten Fenster an.",
  403: "Nicht gespeichert: Bitte laden Sie die Seite neu, sobald Sie angemeldet sind.",
  404: "Nicht gespeichert: Dieser Vorgang ist für Sie nicht mehr zugänglich.",
};

export function drafts(root) {
  for (const state of root.querySelectorAll("[data-draft]")) {
    if (state.closest("form")) new Keeper(state.closest("form"), state);
  }
}

class Keeper {
  constructor(form, state) {
    Object.assign(this, { form, state, timer: 0, first: 0, tries: 0, running: false, dirty: false, over: false });
    form.querySelector("[data-draft-button]").hidden = true;
    form.addEventListener("input", () => this.touched());
    form.addEventListener("change", () => this.touched());
    form.addEventListener("submit", () => { this.over = true; clearTimeout(this.timer); });
    window.addEventListener("pageshow", () => { this.over = false; });
    window.addEventListener("online", () => { if (this.dirty) this.save(); });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.dirty && !this.over) this.save(true);
    });
  }

  touched() {
    this.dirty = true;
    this.form.dataset.kept = "no";
    const now = Date.now();
    this.first ||= now;
    this.plan(Math.max(0, Math.min(PAUSE, this.first + LONGEST - now)));
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  async save(leaving = false) {
    if (this.over || this.running || !this.dirty) return;
    clearTimeout(this.timer);
    Object.assign(this, { running: true, dirty: false, first: 0 });
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") body.append(name, value);
    }
    for (const field of this.form.querySelectorAll("input[type=password]")) body.delete(field.name);
    body.append("entwurf", this.state.dataset.draft);
    let answer = null;
    try {
      answer = await fetch(window.location.href, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", keepalive: leaving,
      });
      const json = answer.headers.get("Content-Type")?.startsWith("application/json");
      this.done(answer.status, json ? await answer.json() : {});
    } catch {
      this.done(0, {});
    } finally {
      this.running = false;
      if (this.dirty && answer?.ok) this.plan(PAUSE);
    }
  }

  done(status, { saved, error }) {
    if (status === 200 && saved) {
      this.tries = 0;
      if (!this.dirty) this.form.dataset.kept = "yes";
      this.show(`Entwurf gespeichert, ${saved}`, "check");
      return;
    }
    this.dirty = true;
    if (status === 0 || status >= 500 || status === 429) {
      const why = status ? "SOE antwortet gerade nicht" : "ohne Netz";
      this.lost(`Nicht gespeichert: ${error ?? why}. Ein neuer Versuch folgt.`);
      this.plan(AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
      return;
    }
    this.lost(error ? `Nicht gespeichert: ${error}` : TEXTS[status] ?? "Nicht gespeichert.");
  }

  lost(text) {
    if (this.state.textContent !== text) announce(text);
    this.show(text, "");
    this.state.classList.add("is-lost");
  }

  show(text, icon) {
    this.state.classList.remove("is-lost");
    const words = document.createElement("span");
    words.textContent = text;
    this.state.replaceChildren(...(icon ? [this.icon(icon)] : []), words);
  }

  icon(name) {
    const known = document.querySelector("svg.soe-icon use");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "soe-icon soe-icon--s");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${known?.getAttribute("href").split("#")[0] ?? "/static/icons.svg"}#${name}`);
    svg.append(use);
    return svg;
  }
}
