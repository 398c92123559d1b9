// Buttons that take away a value: <button data-copy="usr_…">.
async function copied(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text); // on https and localhost only
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
}

for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
        await copied(button.dataset.copy);
        const before = button.textContent;
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = before; }, 1500);
    });
}
