// Finds users while one types. Without it, the form does.
const form = document.getElementById("pg-choose");
let waiting;
let latest = 0;

async function find() {
  const mine = ++latest;
  const address = `?${new URLSearchParams(new FormData(form))}`;
  const answer = await fetch(address);
  if (!answer.ok || mine !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("pg-found");
  if (!found || mine !== latest) return; // signed out meanwhile
  document.getElementById("pg-found").replaceChildren(...found.childNodes);
  document.getElementById("pg-said").textContent = document.getElementById("pg-found-title").textContent;
  history.replaceState(null, "", address);
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, 200);
});
