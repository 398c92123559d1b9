// A button with data-copy="#field" copies what the field holds; with any other value, that value. Then it says so.
// It is disabled until this is here, so that no click goes by unheard.
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text); // on https and localhost only
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const before = button.textContent;
  button.addEventListener("click", async () => {
    const { copy: given } = button.dataset;
    await copy(given.startsWith("#") ? document.querySelector(given).value : given);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 3000);
  });
  button.disabled = false;
}
