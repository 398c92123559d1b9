/* What one filters and moves with: types, predicates, the moment, zoom. */

import { range } from "./graph.js";
import { sign } from "./shapes.js";

const STEPS = 1000;

export function controls(page) {
  page.root.querySelector("[data-filters]").open = !page.picture.isSmall();
  types(page);
  predicates(page);
  moment(page);
  for (const name of ["ended", "alone"]) {
    page.root.querySelector(`[data-show=${name}]`).addEventListener("change", ({ target }) => {
      page.view[name] = target.checked;
      page.show();
    });
  }
  const moves = { in: () => page.picture.zoom(1.4), out: () => page.picture.zoom(1 / 1.4), fit: () => page.picture.fit() };
  for (const button of page.root.querySelectorAll("[data-move]"))
    button.addEventListener("click", () => moves[button.dataset.move]());
}

function types({ root, graph, view, show }) {
  const count = tally(graph.nodes.map((node) => node.type));
  for (const label of root.querySelectorAll("[data-type]")) {
    const { type } = label.dataset;
    label.hidden = !count.has(type);
    label.querySelector("[data-sign]").replaceWith(sign(type));
    label.querySelector("[data-count]").textContent = (count.get(type) ?? 0).toLocaleString("en");
    label.querySelector("input").addEventListener("change", ({ target }) => toggle(view.types, type, target.checked, show));
  }
}

function predicates({ root, graph, view, show }) {
  const place = root.querySelector("[data-predicates]");
  const count = [...tally(graph.arrows.map((arrow) => arrow.predicate))].sort((one, other) => other[1] - one[1]);
  root.querySelector("[data-predicate-count]").textContent = count.length;
  root.querySelector("[data-has-predicates]").hidden = !count.length;
  const boxes = count.map(([predicate, number]) => {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true, value: predicate });
    box.addEventListener("change", () => toggle(view.predicates, predicate, box.checked, show));
    label.append(box, ` ${predicate.replaceAll("_", " ")} (${number.toLocaleString("en")})`);
    place.append(label);
    return box;
  });
  for (const button of root.querySelectorAll("[data-all]"))
    button.addEventListener("click", () => {
      const all = button.dataset.all === "on";
      view.predicates.clear();
      for (const box of boxes) {
        box.checked = all;
        if (!all) view.predicates.add(box.value);
      }
      show();
    });
}

function toggle(hidden, value, shown, show) {
  if (shown) hidden.delete(value);
  else hidden.add(value);
  show();
}

function tally(values) {
  const count = new Map();
  for (const value of values) count.set(value, (count.get(value) ?? 0) + 1);
  return count;
}

/* The slider goes from the first date of the graph to the last. "Now" is no place on it: what holds now is shown. */
function moment({ root, graph, view, show, panel }) {
  const slider = root.querySelector("[data-at]");
  const told = root.querySelector("[data-at-told]");
  const now = root.querySelector("[data-now]");
  let first, last;
  slider.max = STEPS;

  function axis(name) {
    view.axis = name;
    [first, last] = range(graph, name);
    reset();
  }

  function reset() {
    view.at = null;
    slider.value = last > first ? Math.round((STEPS * (graph.now - first)) / (last - first)) : STEPS;
    changed();
  }

  function changed() {
    const text = view.at === null ? "now" : `${new Date(view.at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    told.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    now.hidden = view.at === null;
    show();
  }

  slider.addEventListener("input", () => {
    view.at = Math.round(first + (slider.value / STEPS) * (last - first));
    changed();
  });
  slider.addEventListener("change", () => panel.again());
  now.addEventListener("click", () => {
    reset();
    slider.focus();
    panel.again();
  });
  for (const choice of root.querySelectorAll("[name=axis]"))
    choice.addEventListener("change", () => {
      axis(choice.value);
      panel.again();
    });
  axis(root.querySelector("[name=axis]:checked").value);
}
