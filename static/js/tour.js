// The first tour: one native dialog that points to places on the start page. Escape or the button ends it for good.
export function tour() {
  const dialog = document.querySelector("#rundgang");
  if (!dialog) return;
  const steps = [...dialog.querySelectorAll("[data-step]")];
  const back = dialog.querySelector("[data-back]");
  const next = dialog.querySelector("[data-next]");
  let at = 0;

  function show(number) {
    at = number;
    document.querySelector(".is-toured")?.classList.remove("is-toured");
    steps.forEach((step, index) => { step.hidden = index !== at; });
    const { at: place } = steps[at].dataset;
    const target = place ? document.querySelector(place) : null;
    target?.classList.add("is-toured");
    target?.scrollIntoView({ block: "nearest" });
    back.hidden = at === 0;
    next.querySelector("span").textContent = at === steps.length - 1 ? "Fertig" : "Weiter";
    const heading = steps[at].querySelector("h2");
    dialog.querySelector("#rundgang-titel")?.removeAttribute("id");
    heading.id = "rundgang-titel";
    heading.focus();
  }

  function open() {
    dialog.showModal();
    show(0);
  }

  next.addEventListener("click", () => { if (at === steps.length - 1) dialog.close(); else show(at + 1); });
  back.addEventListener("click", () => show(at - 1));
  dialog.addEventListener("close", () => {
    document.querySelector(".is-toured")?.classList.remove("is-toured");
    document.querySelector(".soe-tour-offer")?.remove();
    document.querySelector("#inhalt")?.focus();
    fetch(dialog.dataset.done, {
      method: "POST",
      headers: { "X-Requested-With": "fetch", "X-CSRFToken": dialog.querySelector("[name=csrfmiddlewaretoken]").value },
      keepalive: true,
    }).catch(() => {}); // offered again next time
  });
  document.querySelector("[data-tour-start]")?.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  if (dialog.hasAttribute("data-open")) open();
}
