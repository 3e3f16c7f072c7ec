// The keyboard of a combobox with a list of options (ARIA pattern): arrows choose, Enter takes, Escape closes.
export class Combobox {
  constructor(input, list, { take, label }) {
    // A field of several lines stays a text box for ARIA: it has neither that role nor „expanded“.
    this.plain = input.tagName === "TEXTAREA";
    Object.assign(this, { input, list, take, active: -1 });
    list.id ||= `${input.id}_liste`;
    if (!this.plain) input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    if (label) list.setAttribute("aria-label", label);
    this.close();
    input.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option, event);
    });
    document.addEventListener("click", (event) => {
      if (!list.contains(event.target) && event.target !== input) this.close();
    });
    input.addEventListener("blur", () => setTimeout(() => {
      if (!list.contains(document.activeElement)) this.close();
    }, 150));
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  get isOpen() { return !this.list.hidden; }

  open() {
    this.list.hidden = false;
    if (!this.plain) this.input.setAttribute("aria-expanded", "true");
    this.select(-1);
  }

  close() {
    this.list.hidden = true;
    if (!this.plain) this.input.setAttribute("aria-expanded", "false");
    this.select(-1);
  }

  select(index) {
    this.active = index;
    this.options.forEach((option, number) => {
      const on = number === index;
      option.setAttribute("aria-selected", String(on));
      option.classList.toggle("is-active", on);
      if (on) {
        option.id ||= `${this.list.id}_${number}`;
        option.scrollIntoView({ block: "nearest" });
      }
    });
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", this.options[index].id);
  }

  key(event) {
    const count = this.options.length;
    if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!count) return;
      event.preventDefault();
      if (!this.isOpen) this.open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.select((this.active + step + count + (this.active < 0 && step < 0 ? 1 : 0)) % count);
    } else if (event.key === "Enter" && this.isOpen && this.active >= 0) {
      event.preventDefault();
      this.take(this.options[this.active], event);
    }
  }
}

// Calls `run` when typing pauses; an older answer never overwrites a newer one.
export function whenTypingPauses(input, run, pause = 180) {
  let timer = 0;
  let round = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const mine = ++round;
    timer = setTimeout(() => run(() => mine === round), pause);
  });
}
