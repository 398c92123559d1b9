/* The same graph as two tables, for whoever reads or moves without a picture. They follow the filters. */

import { folded } from "./graph.js";

const AT_ONCE = 200;
const STATES = { holds: "holds", ended: "has ended" };

export function list({ root, graph, choose }) {
  const details = root.querySelector("[data-list]");
  const field = root.querySelector("[data-list-find]");
  const summary = root.querySelector("[data-list-count]");
  const tables = { entities: section("entities", entityRow), relations: section("relations", relationRow) };

  function section(name, row) {
    const place = root.querySelector(`[data-table=${name}]`);
    const more = root.querySelector(`[data-more=${name}]`);
    const part = { body: place.tBodies[0], more, row, most: AT_ONCE };
    more.addEventListener("click", () => {
      part.most += AT_ONCE;
      fill();
    });
    return part;
  }

  function fill() {
    const nodes = graph.nodes.filter((node) => node.shown);
    const arrows = graph.arrows.filter((arrow) => arrow.shown);
    summary.textContent = `${nodes.length.toLocaleString("en")} entities, ${arrows.length.toLocaleString("en")} relations`;
    if (!details.open) return;
    const term = folded(field.value.trim());
    const has = (node) => node.keys.some((key) => key.includes(term));
    rows(tables.entities, nodes.filter(has));
    rows(tables.relations, arrows.filter((arrow) => has(arrow.source) || has(arrow.target) || folded(arrow.words).includes(term)));
  }

  function rows({ body, more, row, most }, things) {
    body.replaceChildren(...things.slice(0, most).map(row));
    more.hidden = things.length <= most;
    more.textContent = `Show ${Math.min(AT_ONCE, things.length - most)} more of ${(things.length - most).toLocaleString("en")}`;
  }

  function entityRow(node) {
    return line(node, node.name, node.type + (node.subject ? " (the subject)" : ""), node.mentions.toLocaleString("en"));
  }

  function relationRow(arrow) {
    return line(arrow, `${arrow.source.name} → ${arrow.words} → ${arrow.target.name}`, STATES[arrow.state]);
  }

  function line(thing, text, ...cells) {
    const row = document.createElement("tr");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.className = "drawing-link";
    button.dataset.id = thing.id;
    button.addEventListener("click", () => choose(thing, { centre: true, focus: true }));
    row.insertCell().append(button);
    for (const cell of cells) row.insertCell().textContent = cell;
    return row;
  }

  details.addEventListener("toggle", fill);
  field.addEventListener("input", fill);
  return { fill };
}
