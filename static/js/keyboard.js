// Ctrl+K always opens the search. Single keys ("/", letters of the quick buttons) can be switched off (WCAG 2.1.4).
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

export function keyboard() {
  const field = document.querySelector("#suche");
  const single = document.body.dataset.shortcuts === "an";
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey && !event.ctrlKey && event.key.toLowerCase() !== "k") return;
    const open = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (field && (open || (single && event.key === "/" && !event.ctrlKey && !typing(event.target)))) {
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    if (!single || event.ctrlKey || event.metaKey || typing(event.target)) return;
    const link = [...document.querySelectorAll("a[data-key]")].find((a) => a.dataset.key === event.key.toLowerCase());
    if (link) {
      event.preventDefault();
      link.click();
    }
  });
}
