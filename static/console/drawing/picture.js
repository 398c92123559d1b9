/* The canvas: what is drawn how, and how one moves over it. */

import { labels } from "./labels.js";
import { trace } from "./shapes.js";

const NEAREST = 8;
const STEP = 60; // pixels that an arrow key pans
const SMALL = matchMedia("(max-width: 900px)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class Picture {
  /* `told` is called with a point, an arrow, or null for the background. */
  constructor(place, graph, told) {
    Object.assign(this, { place, graph, told, chosen: null, moved: false, settled: false });
    this.fine = graph.arrows.length > 1000 ? 0.6 : 1; // else many arrows are one grey
    this.colours = colours(place);
    this.force = new ForceGraph(place).autoPauseRedraw(true).cooldownTicks(0).enableNodeDrag(false);
    this.force.minZoom(0.05).maxZoom(NEAREST).linkHoverPrecision(6);
    this.#points();
    this.#arrows();
    this.force.onRenderFramePost((context, scale) => labels(context, scale, this));
    this.force.onBackgroundClick(() => told(null));
    this.force.onZoom(() => this.#mark());
    this.#watch();
  }

  #points() {
    this.force
      .nodeId("index")
      .nodeRelSize(1)
      .nodeVal((node) => node.radius ** 2)
      .nodeLabel(() => "")
      .nodeVisibility((node) => node.shown)
      .nodeCanvasObject((node, context, scale) => this.#point(node, context, scale))
      .nodePointerAreaPaint((node, colour, context, scale) => {
        context.fillStyle = colour;
        trace(context, "person", node.x, node.y, Math.max(node.radius + 2, 8 / scale));
        context.fill();
      })
      .onNodeClick((node) => this.told(node));
  }

  #arrows() {
    this.force
      .linkLabel(() => "")
      .linkVisibility((arrow) => arrow.shown)
      .linkCurvature("curve")
      .linkColor((arrow) => this.#colourOf(arrow))
      .linkWidth((arrow) => (arrow === this.chosen ? 3 : this.fine))
      .linkLineDash((arrow) => (arrow.state === "ended" ? [4, 3] : null))
      .linkDirectionalArrowLength(5)
      .linkDirectionalArrowRelPos(1)
      .onLinkClick((arrow) => this.told(arrow));
  }

  #point(node, context, scale) {
    context.globalAlpha = this.#isNear(node) ? 1 : 0.25;
    context.fillStyle = this.colours[node.type];
    trace(context, node.type, node.x, node.y, node.radius);
    context.fill();
    if (node.subject || node === this.chosen) this.#ring(node, context, scale);
    context.globalAlpha = 1;
  }

  #ring(node, context, scale) {
    context.strokeStyle = node === this.chosen ? this.colours.chosen : this.colours.subject;
    context.lineWidth = 2.5 / scale;
    trace(context, node.type, node.x, node.y, node.radius + 4 / scale + 1);
    context.stroke();
  }

  #colourOf(arrow) {
    if (this.chosen && (arrow === this.chosen || arrow.source === this.chosen || arrow.target === this.chosen))
      return this.colours.chosen;
    if (this.chosen) return this.colours.far;
    return arrow.state === "ended" ? this.colours.ended : this.colours.arrow;
  }

  /* Nothing chosen: all. Else what is chosen, and what an arrow joins to it. */
  #isNear(node) {
    const { chosen } = this;
    if (!chosen || node === chosen) return true;
    if (chosen.source) return node === chosen.source || node === chosen.target;
    return chosen.near.has(node);
  }

  #watch() {
    new ResizeObserver(() => this.#size()).observe(this.place);
    this.#size();
    for (const event of ["pointerdown", "wheel", "keydown"])
      this.place.addEventListener(event, () => (this.moved = true), { capture: true, passive: true });
    this.place.addEventListener("keydown", (event) => this.#key(event));
    new MutationObserver(() => this.recolour()).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  #size() {
    if (!this.place.clientWidth) return;
    this.force.width(this.place.clientWidth).height(this.place.clientHeight);
    if (!this.moved && this.laid) this.#fitAll();
  }

  #key(event) {
    const pans = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pans[event.key]) this.pan(...pans[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.3);
    else if (event.key === "-") this.zoom(1 / 1.3);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  /* Positions from the layout, x and y in turn. */
  put(positions, done) {
    this.graph.nodes.forEach((node, i) => ([node.x, node.y] = [positions[2 * i], positions[2 * i + 1]]));
    if (!this.laid) this.force.graphData({ nodes: this.graph.nodes, links: this.graph.arrows });
    this.laid = true;
    this.settled = done;
    this.redraw();
    if (this.moved) return;
    if (this.chosen && done) this.centre(this.chosen);
    else this.#fitAll();
  }

  /* Also what a filter or the slider hides: else the rest would move when it is hidden and the page gets another size. */
  #fitAll() {
    this.fit(0, () => true);
  }

  /* Setting anything draws anew. */
  redraw() {
    this.force.nodeRelSize(1);
    this.#mark();
  }

  recolour() {
    this.colours = colours(this.place);
    this.redraw();
  }

  choose(thing) {
    this.chosen = thing;
    if (thing?.arrows) {
      const drawn = thing.arrows.filter((arrow) => arrow.shown);
      thing.near = new Set(drawn.flatMap((arrow) => [arrow.source, arrow.target]));
    }
    this.redraw();
  }

  pan(right, down) {
    const { x, y } = this.force.centerAt();
    const step = STEP / this.force.zoom();
    this.force.centerAt(x + right * step, y + down * step);
  }

  zoom(times) {
    this.moved = true;
    this.force.zoom(this.force.zoom() * times, this.#time(150));
  }

  fit(time = 300, isIn = (node) => node.shown) {
    const box = this.force.getGraphBbox(isIn);
    if (!box || !this.place.clientWidth) return;
    const [width, height] = [box.x[1] - box.x[0] + 40, box.y[1] - box.y[0] + 40];
    const scale = Math.min(2, (this.place.clientWidth - 32) / width, (this.place.clientHeight - 32) / height);
    this.force.centerAt((box.x[0] + box.x[1]) / 2, (box.y[0] + box.y[1]) / 2, this.#time(time));
    this.force.zoom(scale, this.#time(time));
  }

  isSmall() {
    return SMALL.matches;
  }

  /* `covered`: pixels at the bottom of the window that something lies over. */
  centre(thing, covered = 0) {
    this.moved = true;
    if (covered) this.place.scrollIntoView({ block: "start" });
    const hidden = covered ? Math.max(0, this.place.getBoundingClientRect().bottom - (innerHeight - covered)) : 0;
    const scale = Math.max(this.force.zoom(), 1.2);
    const [from, to] = thing.source ? [thing.source, thing.target] : [thing, thing];
    this.force.centerAt((from.x + to.x) / 2, (from.y + to.y + hidden / scale) / 2, this.#time(300));
    this.force.zoom(scale, this.#time(300));
  }

  #time(milliseconds) {
    return CALM.matches ? 0 : milliseconds;
  }

  /* Where the chosen point is on the canvas, for whoever drives the page. */
  #mark() {
    if (!this.chosen?.arrows || !this.laid) return this.place.removeAttribute("data-chosen-at");
    const { x, y } = this.force.graph2ScreenCoords(this.chosen.x, this.chosen.y);
    this.place.dataset.chosenAt = `${Math.round(x)},${Math.round(y)}`;
  }
}

function colours(place) {
  const style = getComputedStyle(place);
  const names = ["person", "organization", "place", "animal", "product", "work", "event", "topic", "subject", "chosen"];
  names.push("arrow", "ended", "far", "ground", "ink", "quiet");
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--drawing-${name}`).trim()]));
}
