// The boxes of select2 have no name of their own: they take that of their field's label. jQuery makes them when it is
// ready, which may be after the page has loaded.
addEventListener("load", () => {
  const fields = document.querySelectorAll("select.admin-autocomplete");
  if (fields.length) django.jQuery(() => fields.forEach(label));
});

function label(field) {
  const name = field.labels[0]?.textContent.trim().replace(/\s*\*$/, "") ?? field.name;
  for (const box of field.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered"))
    box.setAttribute("aria-label", name);
}
