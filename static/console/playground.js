// A line of the block and the reason for it light up together; "Copy" takes what stands beside it. All of it is there
// without this file, too.
import { copy } from "./copy.js";

const pairs = new Map();
for (const part of document.querySelectorAll("[data-line], [data-why]")) {
  const number = part.dataset.line ?? part.dataset.why;
  pairs.set(number, [...(pairs.get(number) ?? []), part]);
}

for (const pair of pairs.values()) {
  const light = (on) => pair.forEach((part) => part.classList.toggle("is-lit", on));
  for (const part of pair) {
    part.addEventListener("mouseenter", () => light(true));
    part.addEventListener("mouseleave", () => light(false));
    part.addEventListener("focusin", () => light(true));
    part.addEventListener("focusout", () => light(false));
  }
}

// Whoever follows a line to its reason wants the scores, too.
function opened() {
  const reason = document.getElementById(location.hash.slice(1));
  if (reason?.dataset.why) reason.querySelector("details").open = true;
}
addEventListener("hashchange", opened);
opened();

for (const button of document.querySelectorAll("[data-take]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy(document.getElementById(button.dataset.take).textContent);
    button.firstChild.data = "Copied";
    setTimeout(() => { button.firstChild.data = "Copy"; }, 1500);
  });
}
