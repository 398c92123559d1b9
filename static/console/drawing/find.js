/* Finding an entity by name: in the picture at once, in the rest of the graph, where there is one, by asking for it. */

import { folded } from "./graph.js";

const MOST = 12;
const NONE = "Nothing is called that.";
const PATIENCE = 250; // ms without a key before the server is asked

export function finder({ root, graph, choose }) {
  const field = root.querySelector("[data-find]");
  const options = root.querySelector("[data-options]");
  let found = [];
  let at = -1;
  let waiting = 0;
  let asked = 0;

  function here(term) {
    const matches = graph.nodes.filter((node) => node.keys.some((key) => key.includes(term)));
    const begins = (node) => (node.keys.some((key) => key.startsWith(term)) ? 0 : 1);
    return matches.sort((one, other) => begins(one) - begins(other) || other.mentions - one.mentions).slice(0, MOST);
  }

  function look() {
    clearTimeout(waiting);
    const number = ++asked;
    const term = folded(field.value.trim());
    const matches = term ? here(term) : [];
    const partly = term.length > 1 && (graph.leftOut || root.dataset.near) && matches.length < MOST;
    show(matches, partly ? "Looking in the rest of the graph …" : NONE);
    if (partly) waiting = setTimeout(() => elsewhere(term, number), PATIENCE);
  }

  async function elsewhere(term, number) {
    const answer = await fetch(`${root.dataset.find}?${new URLSearchParams({ q: term })}`).catch(() => null);
    if (number !== asked) return;
    if (!answer?.ok || answer.redirected) return show(found, "The rest of the graph can't be searched now.");
    const { entities } = await answer.json();
    const known = new Set(graph.nodes.map((node) => node.id));
    show([...found, ...entities.filter((entity) => !known.has(entity.id))].slice(0, MOST));
  }

  function show(entities, none = NONE) {
    found = entities;
    at = found.length ? 0 : -1;
    options.replaceChildren(...found.map(option));
    const empty = Boolean(field.value.trim()) && !found.length;
    if (empty) options.append(Object.assign(document.createElement("li"), { textContent: none }));
    options.hidden = !found.length && !empty;
    field.setAttribute("aria-expanded", String(!options.hidden));
    mark();
  }

  function option(entity, place) {
    const item = document.createElement("li");
    item.id = `drawing-option-${place}`;
    item.setAttribute("role", "option");
    item.textContent = `${entity.name} · ${entity.type}${entity.keys ? "" : " · not in this picture"}`;
    item.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    item.addEventListener("click", () => take(entity));
    return item;
  }

  function mark() {
    [...options.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options.children[at].id);
    options.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function take(entity) {
    if (!entity.keys) return location.assign(`${location.pathname}?${new URLSearchParams({ entity: entity.id })}`);
    field.value = entity.name;
    hide();
    choose(entity, { centre: true, focus: true });
  }

  function hide() {
    clearTimeout(waiting);
    asked++;
    options.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  field.addEventListener("input", look);
  field.addEventListener("blur", hide);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) at = (at + step + found.length) % found.length;
    else if (event.key === "Enter" && !options.hidden && found[at]) take(found[at]);
    else if (event.key === "Escape" && !options.hidden) hide();
    else return;
    event.preventDefault();
    mark();
  });
}
