// The weight plane over the particles: axes, marks, paths, and what a hand can take hold of. Lengths
// are the film's, in hundredths of its units, 135 pixels at 1080 lines.

const SIDE = 573, LEFT = 86, TOP = 26, WIDTH = 690, HEIGHT = 684;
const REACH = 22.1; // pixels of the screen around a handle that take hold of it
const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

// A text that Typst has set, its left or middle at x and its foot at y, an em of that size.
function typeset(name, { x = 0, y = 0, size = 35.6, anchor = 0.5, className = "" } = {}) {
  const { width, foot, glyphs } = TYPESET.texts[name], scale = size / 20;
  const move = `translate(${x - anchor * width * scale} ${y - foot * scale}) scale(${scale})`;
  const paths = glyphs.map(([id, transform, look]) =>
    svg("path", { d: TYPESET.outlines[id], transform, class: look }));
  return svg("g", { transform: move, class: `set ${className}`, "aria-hidden": "true" }, paths);
}

class Plane {
  constructor(extent, name) {
    this.extent = extent;
    this.canvas = this.picture = document.createElement("canvas"); // of WebGL2; what is seen
    this.flat = document.createElement("canvas");
    for (const canvas of [this.canvas, this.flat]) canvas.setAttribute("aria-hidden", "true");
    this.layers = Object.fromEntries(
      ["gaps", "lines", "paths", "steps", "marks", "beads", "handles"].map((is) => [is, svg("g")]));
    const clip = svg("clipPath", { id: `${name}-plane` }, [
      svg("rect", { x: LEFT - 2, y: TOP - 30, width: SIDE + 32, height: SIDE + 32 })]);
    for (const is of ["gaps", "steps", "paths", "beads"]) {
      this.layers[is].setAttribute("clip-path", `url(#${name}-plane)`);
    }
    this.svg = svg("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": say("The weight plane, {name}", { name }),
    }, [svg("defs", {}, [clip]), this.axes(), ...Object.values(this.layers)]);
    this.name = svg("text", { x: LEFT + SIDE / 2, y: TOP - 4, class: "name" });
    this.svg.append(this.name);
    this.element = document.createElement("div");
    this.element.className = "plane";
    this.element.append(this.canvas, this.svg);
    this.handles = new Map();
    this.shown = "";
  }

  // Show what is drawn without a GPU, or what is drawn with it.
  show(flat) {
    this.picture = flat ? this.flat : this.canvas;
    this.element.replaceChildren(this.picture, this.svg);
  }

  // Have a picture stand in place of what moves.
  still() {
    this.poster = Object.assign(document.createElement("img"), { alt: "" });
    this.element.replaceChildren(this.poster, this.svg);
  }

  at([x, y]) {
    return [LEFT + (x / this.extent) * SIDE, TOP + SIDE - (y / this.extent) * SIDE];
  }

  // The weights under a pointer.
  under(event) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    return [((x - LEFT) / SIDE) * this.extent, ((TOP + SIDE - y) / SIDE) * this.extent];
  }

  // Pixels of the canvas: of the origin, and of a weight across and up; y upwards.
  place() {
    const { width, height } = this.picture, [sx, sy] = [width / WIDTH, height / HEIGHT];
    return [LEFT * sx, height - (TOP + SIDE) * sy, (SIDE * sx) / this.extent,
      (SIDE * sy) / this.extent];
  }

  // Have as many pixels as are seen; whether that has changed.
  fit(most = 2) {
    const box = this.element.getBoundingClientRect(), dense = Math.min(devicePixelRatio, most);
    const width = Math.max(Math.round(box.width * dense), 1);
    const height = Math.max(Math.round(box.height * dense), 1);
    if (this.picture.width === width && this.picture.height === height) return false;
    this.picture.width = width;
    this.picture.height = height;
    return true;
  }

  axes() {
    const [ox, oy] = this.at([0, 0]), lines = [], names = [];
    lines.push(`M${ox} ${oy}H${ox + SIDE}M${ox} ${oy}V${oy - SIDE}`);
    for (let value = 2; value <= this.extent; value += 2) {
      const [x] = this.at([value, 0]), [, y] = this.at([0, value]);
      lines.push(`M${x} ${oy}v9M${ox} ${y}h-9`);
      if (value === 6 || value === 10) {
        names.push(typeset(`${value}`, { x, y: oy + 43, className: "faint" }));
        names.push(typeset(`${value}`, { x: ox - 19, y: y + 11, anchor: 1, className: "faint" }));
      }
    }
    const [first] = this.at([0.28 * this.extent, 0]), [, second] = this.at([0, 0.28 * this.extent]);
    names.push(typeset("w1", { x: first, y: oy + 38, className: "first" }));
    names.push(typeset("w2", { x: ox - 16, y: second + 8, anchor: 1, className: "second" }));
    return svg("g", {}, [svg("path", { d: lines.join(""), class: "axes" }), ...names]);
  }

  // A curve through weights, with a shade on which it stands out.
  curve(layer, places, className) {
    const points = places.map((w) => this.at(w).map((x) => x.toFixed(2)).join(" ")).join("L");
    for (const kind of ["shade", ""]) {
      layer.append(svg("path", { d: `M${points}`, class: `${className} ${kind}` }));
    }
  }

  dot(layer, w, radius, className) {
    const [cx, cy] = this.at(w);
    layer.append(svg("circle", { cx, cy, r: radius, class: className }));
  }

  // What can be moved, by a pointer or by arrow keys: move(w) is told where to. drop(w): on Enter.
  handle(name, { w, label, told, move, drop, className }) {
    let held = this.handles.get(name);
    if (!held) {
      const area = svg("circle", { class: "reach" });
      const ring = svg("circle", { r: 16, class: "ring" }), grip = svg("circle", { r: 7, class: "grip" });
      const group = svg("g", { tabindex: 0, role: "slider", class: `handle ${className}`,
        "aria-valuemin": 0, "aria-valuemax": this.extent }, [area, grip, ring]);
      held = { group, area };
      this.handles.set(name, held);
      this.layers.handles.append(group);
      group.addEventListener("pointerdown", (event) => {
        group.setPointerCapture(event.pointerId);
        const from = this.under(event);
        held.off = held.w.map((x, k) => x - from[k]);
        event.preventDefault();
        event.stopPropagation();
        group.focus({ focusVisible: false });
      });
      group.addEventListener("pointermove", (event) => {
        if (!group.hasPointerCapture(event.pointerId)) return;
        held.move(this.under(event).map((x, k) => x + held.off[k]));
      });
      group.addEventListener("keydown", (event) => {
        if (event.key === "Enter") held.drop?.(held.w);
        const step = event.shiftKey ? 0.5 : 0.05;
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
        if (!way[event.key]) return;
        event.preventDefault();
        event.stopPropagation();
        held.move(held.w.map((x, k) => x + step * way[event.key][k]));
      });
    }
    Object.assign(held, { w, move, drop });
    const [x, y] = this.at(w), scale = WIDTH / (this.svg.getBoundingClientRect().width || WIDTH);
    held.group.setAttribute("transform", `translate(${x} ${y})`);
    held.area.setAttribute("r", (REACH * scale).toFixed(3));
    held.group.setAttribute("aria-label", label);
    held.group.setAttribute("aria-valuenow", w[0].toFixed(2));
    held.group.setAttribute("aria-valuetext", told);
  }

  drop(names) {
    for (const name of names) {
      this.handles.get(name)?.group.remove();
      this.handles.delete(name);
    }
  }

  mark(w) {
    const { marks } = this.layers;
    this.dot(marks, w, 16, "halo");
    this.dot(marks, w, 16, "target");
    this.dot(marks, w, 6.5, "middle");
    const [x, y] = this.at(w);
    const side = { x: x + 12, y: y - 14, size: 41.5, anchor: 0 };
    marks.append(typeset("w*", { ...side, className: "minimizer outline" }));
    marks.append(typeset("w*", { ...side, className: "minimizer" }));
  }

  // Where the field is no finite number: cells of so many weights.
  gaps(places, size) {
    this.layers.gaps.replaceChildren(...places.map((w) => {
      const [x, y] = this.at(w), wide = (size / this.extent) * SIDE;
      return svg("path", { class: "gap",
        d: `M${x - wide / 2} ${y + wide / 2}l${wide} ${-wide}` });
    }));
  }
}
