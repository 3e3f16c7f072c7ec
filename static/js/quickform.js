// A form for the phone: typing may start at once, and Ctrl+Enter saves from any field. Without script: Tab and button.
for (const form of document.querySelectorAll("form[data-quick]")) {
  const first = [...form.querySelectorAll("input[type=text], textarea")].find((field) => !field.value);
  const taken = document.activeElement && document.activeElement !== document.body;
  if (first && !taken && !form.querySelector(".soe-field--error")) first.focus({ preventScroll: true });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".soe-form__end button[type=submit]"));
  });
}
