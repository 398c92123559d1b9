/* Names beside points and words on arrows: as many as can be read, those of the most mentioned first. The page tells so. */

const MOST = 140;
const SIZE = 11; // pixels
const BIG = 7; // pixels of radius from which a point has a name
const LONG = 70; // pixels of length from which an arrow has words
const CLOSE = 1.3; // zoom from which arrows have words
const LONGEST = 28;
const FIRST = 60; // of the most mentioned, which have a name however far away

export function labels(context, scale, picture) {
  const taken = [];
  const size = SIZE / scale;
  context.font = `${size}px Inter, system-ui, sans-serif`;
  context.textAlign = "center";
  context.lineJoin = "round";
  context.lineWidth = 3 / scale;
  context.strokeStyle = picture.colours.ground;
  const corners = view(picture);
  const draw = (text, x, y, colour) => write(context, taken, scale, { text, x, y, colour, size });
  const name = (node) => beside(node, scale).some(([x, y]) => draw(named(node), x, y, picture.colours.ink));
  const chosen = picture.chosen;
  if (chosen?.arrows) name(chosen);
  for (const node of picture.graph.nodes) {
    if (taken.length >= MOST) break;
    if (!isNamed(node, scale, chosen) || !isIn(corners, node)) continue;
    name(node);
  }
  for (const arrow of picture.graph.arrows) {
    if (taken.length >= 2 * MOST) break;
    if (!hasWords(arrow, scale, chosen)) continue;
    const middle = middleOf(arrow);
    if (isIn(corners, middle)) draw(arrow.words, middle.x, middle.y + size / 3, picture.colours.quiet);
  }
}

function named(node) {
  return node.name.length > LONGEST ? `${node.name.slice(0, LONGEST - 1)}…` : node.name;
}

/* Below, above, right, left: the first that is free. */
function beside(node, scale) {
  const aside = node.radius + (widthOf(named(node), scale) / 2 + 6 / scale);
  const middle = node.y + 4 / scale;
  return [
    [node.x, node.y + node.radius + 13 / scale],
    [node.x, node.y - node.radius - 6 / scale],
    [node.x + aside, middle],
    [node.x - aside, middle],
  ];
}

function widthOf(text, scale) {
  return (0.58 * text.length * SIZE + 4) / scale;
}

function isNamed(node, scale, chosen) {
  if (!node.shown || node === chosen) return false;
  if (chosen?.arrows) return chosen.near.has(node) || (scale > CLOSE && node.radius * scale > BIG);
  return node === chosen?.source || node === chosen?.target || node.index < FIRST || node.radius * scale > BIG;
}

function hasWords(arrow, scale, chosen) {
  if (!arrow.shown) return false;
  if (arrow === chosen) return true;
  const length = Math.hypot(arrow.source.x - arrow.target.x, arrow.source.y - arrow.target.y) * scale;
  const near = arrow.source === chosen || arrow.target === chosen;
  return length > LONG && (near || (!chosen && scale > CLOSE));
}

/* Where the arc that force-graph draws is highest. */
function middleOf({ source, target, curve }) {
  if (source === target) return { x: source.x + 60 * curve, y: source.y - 60 * curve };
  const [across, down] = [target.x - source.x, target.y - source.y];
  return { x: source.x + across / 2 + (down * curve) / 2, y: source.y + down / 2 - (across * curve) / 2 };
}

function view(picture) {
  const { force, place } = picture;
  return [force.screen2GraphCoords(0, 0), force.screen2GraphCoords(place.clientWidth, place.clientHeight)];
}

function isIn([least, most], { x, y }) {
  return x > least.x && x < most.x && y > least.y && y < most.y;
}

/* False, and left out, where it would stand on another. */
function write(context, taken, scale, { text, x, y, colour, size }) {
  const half = widthOf(text, scale) / 2;
  const box = [x - half, y - size, x + half, y + size / 3];
  if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return false;
  taken.push(box);
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  return true;
}
