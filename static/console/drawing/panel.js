/* What stands behind what is chosen: fetched as a piece of the page, with its links. */

export function panel({ root, view, graph, choose }) {
  const place = root.querySelector("[data-panel]");
  const body = root.querySelector("[data-panel-body]");
  const canvas = root.querySelector("[data-canvas]");
  let shown = null;
  let asked = 0;
  let back = null;

  async function show(thing, focus) {
    if (thing && place.hidden) back = focus ? document.activeElement : canvas;
    shown = thing;
    place.hidden = !thing;
    const number = ++asked;
    if (!thing) return;
    body.textContent = "Fetching …";
    const piece = await fetched(thing);
    if (number !== asked) return; // something else was chosen meanwhile
    body.innerHTML = piece; // our own template, escaped there
    body.scrollTop = place.scrollTop = 0;
    if (focus) body.querySelector("h2")?.focus();
  }

  async function fetched(thing) {
    const query = new URLSearchParams({ [thing.source ? "relation" : "entity"]: thing.id });
    if (view.at !== null) query.set(view.axis === "recorded" ? "at" : "so", view.at);
    try {
      const answer = await fetch(`${root.dataset.told}?${query}`);
      if (answer.ok && !answer.redirected) return await answer.text();
      if (answer.status === 404) return "<p>It is gone since the drawing was made.</p>";
    } catch {
      // told below
    }
    return "<p>It can't be fetched. Choose it again, or load the page anew.</p>";
  }

  function close() {
    choose(null);
    back?.focus();
  }

  root.querySelector("[data-close]").addEventListener("click", close);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !place.hidden && !event.defaultPrevented) close();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && shown) body.querySelector("h2")?.focus();
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    const thing = button && graph.nodes.find((node) => node.id === button.dataset.choose);
    if (thing) choose(thing, { centre: true, focus: true });
  });
  /* Of the sheet that lies over the picture where there is little room. */
  function height() {
    return !place.hidden && getComputedStyle(place).position === "fixed" ? place.offsetHeight : 0;
  }

  return { show, height, again: () => shown && show(shown, false) };
}
