// One live region per page says what changed (WCAG 4.1.3).
export function announce(text) {
  const region = document.querySelector("#ansage");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}
