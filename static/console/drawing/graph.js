/* The data of a drawing as points and arrows, and which of them there are at a moment. */

const BIGGEST = 24;

export function build(data) {
  const nodes = data.entities.map((entity, index) => ({
    ...entity,
    index,
    keys: [entity.name, ...entity.aliases].map(folded),
    radius: Math.min(BIGGEST, 4 + 1.5 * Math.sqrt(entity.mentions)),
    arrows: [],
    shown: true,
  }));
  const arrows = joined(data, nodes);
  for (const arrow of arrows) {
    nodes[arrow.from].arrows.push(arrow);
    if (arrow.to !== arrow.from) nodes[arrow.to].arrows.push(arrow);
  }
  return { nodes, arrows, now: data.now, leftOut: data.leftOut };
}

/* One arrow for all memories that assert the same; several between the same two are bent apart. */
function joined(data, nodes) {
  const found = new Map();
  const between = new Map();
  for (const [from, predicate, to, memory, id] of data.relations) {
    const key = `${from} ${predicate} ${to}`;
    if (!found.has(key)) {
      const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
      const arrow = { id, from, to, predicate, words: predicate.replaceAll("_", " "), memories: [] };
      Object.assign(arrow, { source: nodes[from], target: nodes[to], state: "holds", shown: true });
      between.set(pair, [...(between.get(pair) ?? []), arrow]);
      found.set(key, arrow);
    }
    found.get(key).memories.push(data.memories[memory]);
  }
  for (const arrows of between.values()) bend(arrows);
  return [...found.values()];
}

function bend(arrows) {
  arrows.forEach((arrow, place) => {
    const side = arrow.from < arrow.to ? 1 : -1; // the same arc means another side where the ends are swapped
    arrow.curve = arrow.from === arrow.to ? 0.4 + 0.3 * place : side * 0.25 * (place - (arrows.length - 1) / 2);
  });
}

export function folded(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

/* "holds", "ended", or "absent" where it was not believed yet, or no more. `axis` is "recorded" (what was known at `at`)
 * or "world" (what was so at `at`, as we see it now). */
export function stateOf(memory, axis, at) {
  if (axis === "world") {
    if (!memory.world || memory.world[0] > at) return "absent";
    return isPast(memory.world[1], at) ? "ended" : "holds";
  }
  const state = memory.states.find(([from, until]) => from <= at && (until === null || until > at));
  if (!state) return "absent";
  return isPast(state[2], at) ? "ended" : "holds";
}

function isPast(end, at) {
  return end !== null && end <= at;
}

/* `at` null is now. */
export function lookAt(graph, axis, at) {
  const moment = at ?? graph.now;
  for (const arrow of graph.arrows) {
    const states = arrow.memories.map((memory) => stateOf(memory, at === null ? "recorded" : axis, moment));
    arrow.state = ["holds", "ended"].find((state) => states.includes(state)) ?? "absent";
  }
  for (const node of graph.nodes) {
    const since = axis === "world" ? node.seen : (node.known ?? node.seen);
    node.present = at === null || since <= moment || node.arrows.some((arrow) => arrow.state !== "absent");
  }
}

export function range(graph, axis) {
  const ends = [graph.now];
  for (const node of graph.nodes) ends.push(axis === "world" ? node.seen : (node.known ?? graph.now));
  for (const { memories } of graph.arrows)
    for (const memory of memories) ends.push(...(axis === "world" ? (memory.world ?? []) : memory.states.flat().slice(0, 1)));
  const known = ends.filter((end) => end !== null);
  return known.reduce(([least, most], end) => [Math.min(least, end), Math.max(most, end)], [graph.now, graph.now]);
}

/* What the filters leave. `hides` has the types and predicates that are switched off. */
export function sift(graph, { types, predicates, ended, alone }) {
  for (const node of graph.nodes) node.shown = node.present && !types.has(node.type);
  for (const arrow of graph.arrows) {
    const there = arrow.state === "holds" || (ended && arrow.state === "ended");
    arrow.shown = there && !predicates.has(arrow.predicate) && arrow.source.shown && arrow.target.shown;
  }
  if (alone) return;
  for (const node of graph.nodes) node.shown &&= node.subject || node.arrows.some((arrow) => arrow.shown);
}
