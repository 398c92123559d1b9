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

// Ctrl+K leads to the search box, or, where the sidebar is away, to the page that has one.
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  const box = document.querySelector("#search-again, #console-search");
  if (!box) return;
  event.preventDefault();
  if (box.getClientRects().length && box.getBoundingClientRect().right > 0) box.select();
  else location.assign(box.form.action);
});

// Of a key that somebody pastes only the beginning is searched for: addresses are kept in many places.
addEventListener("submit", ({ target }) => {
  for (const box of target.querySelectorAll("input[type=search], input[name=q]"))
    box.value = box.value.replace(/^\s*(mos_(?:live|test)_.{8}).*$/, "$1");
});
