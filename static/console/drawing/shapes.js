/* Colour and shape of an entity by its type: who sees no colours sees shapes. */

const CORNERS = {
  organization: polygon(4, Math.PI / 4, 1.15),
  place: polygon(4, 0, 1.25),
  animal: polygon(3, -Math.PI / 2, 1.3),
  product: polygon(6, 0, 1.1),
  work: polygon(3, Math.PI / 2, 1.3),
  event: star(5),
  topic: polygon(5, -Math.PI / 2, 1.15),
}; // a person is a circle

function polygon(count, turn, size) {
  return Array.from({ length: count }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / count;
    return [size * Math.cos(angle), size * Math.sin(angle)];
  });
}

function star(points) {
  return Array.from({ length: 2 * points }, (_, i) => {
    const angle = -Math.PI / 2 + (Math.PI * i) / points;
    const size = i % 2 ? 0.6 : 1.35;
    return [size * Math.cos(angle), size * Math.sin(angle)];
  });
}

export function trace(context, type, x, y, radius) {
  context.beginPath();
  const corners = CORNERS[type];
  if (!corners) {
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  for (const [right, down] of corners) context.lineTo(x + right * radius, y + down * radius);
  context.closePath();
}

export function sign(type) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-14 -14 28 28");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("drawing-sign");
  const corners = CORNERS[type];
  const shape = document.createElementNS(svg.namespaceURI, corners ? "polygon" : "circle");
  if (corners) shape.setAttribute("points", corners.map(([x, y]) => `${x * 9.5},${y * 9.5}`).join(" "));
  else shape.setAttribute("r", "9.5");
  shape.style.fill = `var(--drawing-${type})`;
  svg.append(shape);
  return svg;
}
