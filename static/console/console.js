// The boxes of select2 have no name of their own: they take that of their field's label.
addEventListener("load", () => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const box = field.parentElement.querySelector(".select2-selection");
    const label = field.labels?.[0] ?? document.querySelector(`label[for="${field.id}"]`);
    if (box && label) box.setAttribute("aria-label", label.textContent.trim().replace(/\s*\*$/, ""));
  }
});
