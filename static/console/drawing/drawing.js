/* The page of a drawing: fetches the graph, lays it out, and joins its parts.
 *
 * #drawing tells how far it is: data-state is "loading", "laying-out", "ready", "empty" or "failed"; data-entities and
 * data-relations count what is shown; data-chosen is the id of what is chosen; data-first-ms and data-settled-ms are when
 * the first picture and the last stood. */

import { controls } from "./controls.js";
import { finder } from "./find.js";
import { build, lookAt, sift } from "./graph.js";
import { list } from "./list.js";
import { panel } from "./panel.js";
import { Picture } from "./picture.js";

const root = document.getElementById("drawing");
const status = root.querySelector("[data-status]");
const began = performance.now();

async function start() {
  mark("loading", "Fetching the graph …");
  try {
    open(build(await fetched()));
  } catch (error) {
    fail(error);
  }
}

async function fetched() {
  const { source, focus, near } = root.dataset;
  const asked = new URLSearchParams(focus ? { entity: focus, ...(near && { near: "1" }) } : {});
  const answer = await fetch(`${source}?${asked}`, { headers: { Accept: "application/json" } });
  if (answer.redirected || !answer.ok) throw new Error(answer.redirected ? "You are signed out." : `Answer ${answer.status}.`);
  return answer.json();
}

function open(graph) {
  root.querySelector("[data-left-out]").textContent = graph.leftOut;
  if (!graph.nodes.length) return mark("empty", "");
  const view = { axis: "recorded", at: null, types: new Set(), predicates: new Set(), ended: true, alone: true };
  const page = { root, graph, view, choose, show };
  page.picture = new Picture(root.querySelector("[data-canvas]"), graph, (thing) => choose(thing));
  page.panel = panel(page);
  page.list = list(page);
  controls(page);
  finder(page);

  function show() {
    lookAt(graph, view.axis, view.at);
    sift(graph, view);
    root.dataset.entities = graph.nodes.filter((node) => node.shown).length;
    root.dataset.relations = graph.arrows.filter((arrow) => arrow.shown).length;
    page.picture.redraw();
    page.list.fill();
  }

  function choose(thing, { centre = false, focus = false } = {}) {
    page.picture.choose(thing);
    root.dataset.chosen = thing?.id ?? "";
    page.panel.show(thing, focus);
    if (thing && centre) page.picture.centre(thing, page.panel.height());
  }

  show();
  const focused = graph.nodes.find((node) => node.id === root.dataset.focus);
  if (focused) choose(focused);
  layOut(page);
}

function layOut({ graph, picture }) {
  mark("laying-out", "Laying the graph out …");
  const worker = new Worker(new URL("layout-worker.js", import.meta.url));
  worker.onmessage = ({ data: { positions, done } }) => {
    picture.put(positions, done);
    root.dataset.firstMs ??= Math.round(performance.now() - began);
    if (!done) return;
    root.dataset.settledMs = Math.round(performance.now() - began);
    worker.terminate();
    mark("ready", counted(graph));
  };
  worker.onerror = (event) => fail(new Error(event.message));
  const links = graph.arrows.filter(({ from, to }) => from !== to).map(({ from, to }) => (from < to ? `${from} ${to}` : `${to} ${from}`));
  worker.postMessage({
    nodes: graph.nodes.map(({ index, id, name, type, subject, radius }) => ({ index, id, name, type, subject, radius })),
    links: [...new Set(links)].map((pair) => pair.split(" ").map(Number)),
  });
}

function counted({ nodes, arrows }) {
  const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  return `${plural(nodes.length, "entity", "entities")}, ${plural(arrows.length, "relation", "relations")}.`;
}

function mark(state, text) {
  root.dataset.state = state;
  status.textContent = text;
}

function fail(error) {
  mark("failed", `The graph can't be drawn. ${error.message} `);
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "drawing-button", textContent: "Try again" });
  again.addEventListener("click", () => location.reload());
  status.append(again);
}

start();
