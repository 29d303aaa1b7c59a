// The controls: each shows a part of the state, and asks for another one when it is used.

const SCALE = 8400;       // the dial is laid out by N / (1 + N), as in the films
const STOPS = [["⅕", 5], ["½", 2], ["1", 1], ["2", 1 / 2], ["3", 1 / 3], ["4", 1 / 4],
  ["6", 1 / 6], ["∞", 0]];

function element(name, properties = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

let labels = 0;

// A control with its label before it.
function labelled(text, control, output = null) {
  labels += 1;
  control.id ||= `live-${labels}`;
  const label = element("label", { htmlFor: control.id, textContent: text });
  return element("div", { className: "field" }, output ? [label, output, control] : [label, control]);
}

class Panel {
  // ask(patch): the state is to change; act(name): pause, reset.
  constructor(spec, ask, act) {
    this.spec = spec;
    this.ask = ask;
    this.act = act;
    this.updates = [];
    this.numbers = element("table", { className: "numbers" });
    this.told = element("p", { className: "told", role: "status" });
    this.models = ["", "2"].map((which) => element("div", { className: "group" }, [
      this.equations((state) => (state.panes === 2 ? modelNames(state, which) : [])),
      ...this.parameterization(which),
    ]));
    this.first = this.equations((state) =>
      [...(state.panes === 2 ? [] : modelNames(state, "")), `loss ${state.loss}`]);
    this.element = element("section", { className: "panel", ariaLabel: say("Controls") }, [
      this.first,
      this.models[0],
      this.numbers,
      element("div", { className: "group" }, [this.losses(), this.size(), ...this.steps()]),
      this.told,
    ]);
    this.bar = this.playing();
  }

  show(state, seen) {
    for (const update of this.updates) update(state, seen);
  }

  // Let what is chosen for each picture stand below it, or, for a single one, in the panel.
  stand(columns) {
    if (columns.length) columns.forEach((column, k) => {
      column.append(this.models[k]);
    });
    else this.first.after(this.models[0]);
  }

  say(text) {
    if (this.told.textContent !== text) this.told.textContent = text;
  }

  // The equations of these names, as long as they are those.
  equations(namesOf) {
    const place = element("div", { className: "equations", role: "img" });
    let shown = "";
    this.updates.push((state) => {
      const names = namesOf(state), key = names.join(" ");
      if (key === shown) return;
      shown = key;
      place.hidden = !names.length;
      place.ariaLabel = names.map((name) => TYPESET.texts[name].said).join("; ");
      place.replaceChildren(...names.map((name) => {
        const { width, height, foot } = TYPESET.texts[name];
        return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "equation",
          width: `${width / 20}em`, height: `${height / 20}em`, "aria-hidden": "true" },
          [typeset(name, { y: foot, size: 20, anchor: 0 })]);
      }));
    });
    return place;
  }

  parameterization(which) {
    const names = kinds().map((value) =>
      element("option", { value, textContent: this.spec.titles[value] }));
    const kind = element("select", {}, names);
    kind.addEventListener("change", () => this.ask({ [`kind${which}`]: kind.value }));
    const read = element("output", { className: "depth" });
    const dial = element("input", { type: "range", min: SCALE / 6, max: SCALE, step: 20 });
    dial.addEventListener("input", () => {
      this.ask({ [`s${which}`]: (SCALE - Number(dial.value)) / Number(dial.value) });
    });
    const stops = element("div", { className: "stops", role: "group", ariaLabel: say("Depths") },
      STOPS.map(([text, s]) => {
        const stop = element("button", { type: "button", textContent: text, value: String(s),
          ariaLabel: say("Depth {depth}", { depth: s === 0 ? say("infinite") : spoken(s) }) });
        stop.addEventListener("click", () => this.ask({ [`s${which}`]: s }));
        return stop;
      }));
    const depth = element("div", {}, [labelled(say("Depth N"), dial, read), stops]);
    const alpha = this.logarithmic(say("Scale α"), 1e-3, 10, `alpha${which}`,
      (state) => state[`alpha${which}`]);
    this.updates.push((state) => {
      const s = state[`s${which}`];
      kind.value = state[`kind${which}`];
      dial.value = String(s < 0 ? SCALE : Math.round(SCALE / (1 + s) / 20) * 20);
      read.textContent = depthInWords(s);
      dial.setAttribute("aria-valuetext", s === 0 ? say("infinite") : spoken(s));
      for (const stop of stops.children) stop.ariaPressed = String(Number(stop.value) === s);
      depth.hidden = kind.value !== "depth";
      alpha.hidden = kind.value !== "difference";
    });
    return [labelled(say("Parameterization"), kind), depth, alpha];
  }

  // A slider laid out by the logarithm.
  logarithmic(text, least, most, name, value, change = null) {
    const input = element("input", { type: "range", min: Math.log10(least), max: Math.log10(most),
      step: 0.01 });
    const read = element("output");
    input.addEventListener("input", () => {
      const chosen = Number((10 ** Number(input.value)).toPrecision(3));
      this.ask(change ? change(chosen) : { [name]: chosen });
    });
    this.updates.push((state, seen) => {
      const now = value(state, seen);
      input.value = String(Math.log10(Math.max(now, least)));
      read.textContent = printed(String(Number(now.toPrecision(3))));
      input.setAttribute("aria-valuetext", read.textContent);
    });
    return labelled(text, input, read);
  }

  losses() {
    const names = Object.keys(LOSSES).map((value) =>
      element("option", { value, textContent: this.spec.titles[`loss ${value}`] }));
    const loss = element("select", {}, names);
    loss.addEventListener("change", () => this.ask({ loss: loss.value }));
    this.updates.push((state) => {
      loss.value = state.loss;
    });
    return labelled(say("Loss"), loss);
  }

  size() {
    let last = [1, 1];
    const largest = (state) => Math.max(...state.start);
    this.updates.push((state) => {
      if (largest(state) > 0) last = state.start.map((x) => x / largest(state));
    });
    return this.logarithmic(say("Size of the start"), 1e-4, 10, "start", largest,
      (size) => ({ start: last.map((x) => x * size) }));
  }

  steps() {
    const names = [["none", say("none: the flow itself")], ["descent", say("gradient descent")],
      ["momentum", say("momentum 0.9")], ["sign", say("sign descent")], ["adagrad", "AdaGrad"],
      ["rmsprop", "RMSProp"], ["adam", "Adam"], ["adamw", say("AdamW, decay {decay}", { decay: printed("0.01") })]];
    const rule = element("select", {}, names.map(([value, textContent]) =>
      element("option", { value, textContent })));
    rule.addEventListener("change", () => this.ask({ optimizer: rule.value }));
    const eta = this.logarithmic(say("Step size η"), 1e-5, 1, "eta", (state) => state.eta);
    this.updates.push((state) => {
      rule.value = state.optimizer;
      eta.hidden = state.optimizer === "none";
    });
    return [labelled(say("Real steps"), rule), eta];
  }

  playing() {
    const button = (textContent, told, use) => {
      const made = element("button", { type: "button", textContent, ariaLabel: told });
      made.addEventListener("click", use);
      return made;
    };
    const play = button(say("Pause"), say("Pause"), () => this.act("pause"));
    play.className = "play";
    const reset = button(say("Reset"), say("Reset: everything as it was"), () => this.act("reset"));
    const turn = (values, words, name, label) => {
      const made = element("button", { type: "button" });
      let next = values[0];
      made.addEventListener("click", () => this.ask({ [name]: next }));
      this.updates.push((state) => {
        const k = Math.max(values.indexOf(state[name]), 0);
        next = values[(k + 1) % values.length];
        made.replaceChildren(element("span", { textContent: label }), ` ${words[k]}`);
      });
      return made;
    };
    this.updates.push((state) => {
      play.textContent = state.paused ? say("Play") : say("Pause");
      play.ariaLabel = play.textContent;
    });
    return element("nav", { className: "bar", ariaLabel: say("Playing") }, [
      play,
      turn([1, 0.5, 0.2], ["1", "½", "⅕"], "slow", say("Speed")),
      turn(["even", "true"], [say("even"), say("true")], "pace", say("Pace")),
      turn([1, 2], ["1", "2"], "panes", say("Pictures")),
      turn(["auto", "dark", "light"], [say("auto"), say("dark"), say("light")], "theme", say("Theme")),
      reset,
    ]);
  }

  // rows: [name, spoken name, value of each pane].
  read(rows, columns) {
    const cell = (name, textContent, properties = {}) => element(name, { textContent, ...properties });
    const body = rows.map(([name, told, ...values]) => element("tr", {}, [
      cell("th", name, { scope: "row", ariaLabel: told }),
      ...values.map((value) => cell("td", value)),
    ]));
    const head = columns.length > 1
      ? [element("tr", {}, [element("td"), ...columns.map((c) => cell("th", c, { scope: "col" }))])]
      : [];
    this.numbers.replaceChildren(
      element("caption", { className: "unseen", textContent: say("What training does") }),
      element("tbody", {}, [...head, ...body]));
  }
}

function depthInWords(s) {
  if (s === 0) return "∞";
  const depth = 1 / s, whole = Math.round(Math.abs(s));
  if (s > 1 && Math.abs(s - whole) < 1e-9) return `1/${whole}`;
  return Math.abs(depth) < 100 ? printed(String(Number(depth.toFixed(2)))) : depth.toFixed(0);
}

function spoken(s) {
  const words = { 5: say("one fifth"), 4: say("one quarter"), 3: say("one third"), 2: say("one half") };
  return words[s] ?? printed(String(Number((1 / s).toFixed(2))));
}

// The equations of a picture's parameterization.
function modelNames(state, which) {
  const kind = state[`kind${which}`], s = state[`s${which}`];
  const limit = kind !== "depth" ? "" : s === 0 ? " limit" : s === 1 ? " plain" : "";
  return [`law ${kind}${limit}`, `model ${kind}${limit}`];
}
