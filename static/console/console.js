// The boxes of select2 have no name of their own: they take that of their field's label.
addEventListener("load", () => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const name = field.labels[0]?.textContent.trim().replace(/\s*\*$/, "") ?? field.name;
    for (const box of field.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered"))
      box.setAttribute("aria-label", name);
  }
});
