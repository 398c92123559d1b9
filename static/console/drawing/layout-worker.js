/* Lays a graph out beside the page, so that the page stays usable. The same graph gets the same picture: where a point
 * starts comes from its id, and d3-force's own randomness has a fixed seed. Entities without relations stand around the
 * others, by type and name. */
"use strict";

const VENDOR = "../vendor/";
importScripts(...["d3-dispatch-3.0.2.js", "d3-quadtree-3.0.2.js", "d3-timer-3.0.2.js", "d3-force-3.0.1.js"].map((name) => VENDOR + name));

const EVERY = 150; // ms between two pictures on the way
const FEW = 80;
const MANY = 800;
const ROOM = 14; // between entities without relations

onmessage = ({ data: { nodes, links } }) => {
  const linked = new Set(links.flat());
  const moving = nodes.filter((node) => linked.has(node.index)).map(started);
  const alone = nodes.filter((node) => !linked.has(node.index));
  const simulation = simulated(moving, links);
  let told = performance.now();
  while (simulation.alpha() > simulation.alphaMin()) {
    simulation.tick();
    if (performance.now() - told > EVERY) {
      tell(nodes.length, moving, around(alone, moving), false);
      told = performance.now();
    }
  }
  tell(nodes.length, moving, around(alone, moving), true);
};

function simulated(moving, links) {
  const places = new Map(moving.map((node, place) => [node.place, place]));
  const pulls = links.map(([source, target]) => ({ source: places.get(source), target: places.get(target) }));
  return d3
    .forceSimulation(moving)
    .force("charge", d3.forceManyBody().strength((node) => -50 - 4 * node.radius).distanceMax(700).theta(1.3))
    .force("link", d3.forceLink(pulls).distance((pull) => (moving.length > FEW ? 34 : 70) + pull.source.radius + pull.target.radius))
    .force("x", d3.forceX().strength(0.045))
    .force("y", d3.forceY().strength(0.045))
    .force("collide", d3.forceCollide((node) => node.radius + 3))
    .alphaDecay(moving.length > MANY ? 0.04 : 0.0228) // 170 or 300 steps
    .stop();
}

/* d3 gives `index` a meaning of its own. The subject stays in the middle. */
function started(node) {
  const at = { place: node.index, radius: node.radius };
  if (node.subject) return { ...at, x: 0, y: 0, fx: 0, fy: 0 };
  const seed = hashed(node.id);
  const angle = ((seed & 0xffff) / 0x10000) * 2 * Math.PI;
  const distance = 40 + 400 * Math.sqrt((seed >>> 16) / 0x10000);
  return { ...at, x: distance * Math.cos(angle), y: distance * Math.sin(angle) };
}

function hashed(text) {
  let hash = 2166136261; // FNV-1a
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 0;
}

function around(alone, moving) {
  const sorted = [...alone].sort((one, other) => (order(one) < order(other) ? -1 : 1));
  let ring = moving.reduce((most, node) => Math.max(most, Math.hypot(node.x, node.y)), 0) + 2 * ROOM;
  const placed = [];
  while (placed.length < sorted.length) {
    const left = sorted.length - placed.length;
    const count = Math.min(left, Math.max(1, Math.floor((2 * Math.PI * ring) / (2 * ROOM))));
    for (let i = 0; i < count; i++) {
      const angle = (2 * Math.PI * i) / count - Math.PI / 2;
      placed.push({ place: sorted[placed.length].index, x: ring * Math.cos(angle), y: ring * Math.sin(angle) });
    }
    ring += 2 * ROOM;
  }
  return placed;
}

function order(node) {
  return `${node.subject ? 0 : 1} ${node.type} ${node.name} ${node.id}`;
}

function tell(count, moving, alone, done) {
  const positions = new Float32Array(2 * count);
  for (const { place, x, y } of [...moving, ...alone]) positions.set([x, y], 2 * place);
  postMessage({ positions, done }, [positions.buffer]);
}
