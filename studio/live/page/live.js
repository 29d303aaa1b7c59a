// A live picture in an element: state in, pictures out. spec is written by studio/live/page.py.

const SETTINGS = ["u_p", "u_a", "u_l0", "u_l1", "u_l2", "u_l3"];

function mount(root, spec, { address = false, changed = () => {} } = {}) {
  const looks = matchMedia("(prefers-color-scheme: light)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const { look } = spec;
  const starts = new Starts({ ...look, seed: spec.seed, cycle: spec.cycle });
  const usual = { ...spec.usual, paused: calm.matches };
  let state = usual, time = 0, before = null, wanted = 0, stale = true;
  const tempo = new Tempo(look.count);

  const panel = new Panel(spec, ask, (name) => {
    if (name === "pause") ask({ paused: !state.paused });
    else restart();
  });
  const planes = element("div", { className: "planes" });
  const app = element("div", { className: "live" }, [planes, panel.bar, panel.element]);
  const panes = [], columns = []; // the second is made when it is asked for
  root.classList.add("live-room");
  root.replaceChildren(app);

  function ask(patch) {
    if (patch.bead) patch = { beads: [...state.beads, patch.bead].slice(-MOST) };
    if (patch.paused) patch.time = Number(time.toFixed(3));
    set({ ...state, ...patch });
  }

  function restart() {
    time = 0;
    for (const pane of panes) if (pane.swarm) pane.swarm.time = null;
    set({ ...usual, theme: state.theme, paused: state.paused });
  }

  function set(next, told = true) {
    const moved = next.time !== state.time;
    state = next;
    if (moved) time = state.time;
    const light = state.theme === "light" || (state.theme === "auto" && looks.matches);
    app.classList.toggle("light", light);
    planes.classList.toggle("two", state.panes === 2);
    while (panes.length < state.panes) {
      const [which, name] = [["", "left"], ["2", "right"]][panes.length];
      panes.push(new Pane(spec, which, name, starts, ask));
      columns.push(element("div", { className: "column" }));
    }
    const shown = panes.slice(0, state.panes);
    if (planes.childElementCount !== shown.length) {
      const two = shown.length === 2;
      if (two) shown.forEach((pane, k) => { columns[k].prepend(pane.element); });
      planes.replaceChildren(...(two ? columns : [panes[0].element]));
      panel.stand(two ? columns : []);
    }
    for (const pane of shown) pane.take(state, time);
    panel.show(state);
    read(shown);
    if (told) {
      if (address) remember();
      changed(state);
    }
    stale = true;
    wake();
  }

  function read(shown) {
    const rows = shown.map((pane) => pane.rows(state));
    const row = (name, told, key) => [name, told, ...rows.map((values) => printed(values[key]))];
    const powers = [
      row(say("exponent"), say("Exponent, two minus two over N"), "exponent"),
      row(say("keeps least"), say("The norm that is least from tiny starts"), "norm"),
    ];
    panel.read([
      ...(shown.some((pane) => pane.kind(state) === "depth") ? powers : []),
      row(say("lands at"), say("Lands at"), "lands"),
      row(say("its ‖w‖₁"), say("Its one-norm"), "one"),
      row(say("its ‖w‖₂"), say("Its two-norm"), "two"),
      row(say("its ‖w‖∞"), say("Its maximum norm"), "most"),
      ...(state.optimizer === "none" ? [] : [row(say("real steps end at"), say("Real steps end at"), "steps")]),
    ], state.panes === 2 ? shown.map((pane) => pane.title(state)) : ["left"]);
    panel.say(message(shown));
  }

  function message(shown) {
    const gap = shown.flatMap((pane) => pane.gaps ?? [])[0];
    if (wrong.length) return say("Left out of the address: {names}.", { names: leftOut(wrong) });
    if (panes[0].dead) {
      const stands = shown.every((pane) => pane.stands);
      return [panes[0].dead, stands ? say("The paths are exact, and the particles stand still.")
        : say("The paths are exact, but no particles are seen.")].join(" ");
    }
    if (gap) {
      const place = printed(`(${gap.map((x) => x.toFixed(3)).join(", ")})`);
      return say("Hatched: the field is no finite number there, first at w = {place}.", { place });
    }
    if (shown.some((pane) => pane.path.length < 2)) return say("No parameters reach this start.");
    return "";
  }

  let later = 0;
  function remember() {
    clearTimeout(later);
    later = setTimeout(() => {
      const hash = writeHash(state, usual);
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    }, 150);
  }

  let wrong = [];
  function recall() {
    const found = readHash(location.hash, usual);
    wrong = found.wrong;
    time = found.state.time;
    set(found.state, false);
  }

  function wake() {
    if (!wanted) wanted = requestAnimationFrame(frame);
  }

  function frame(now) {
    wanted = 0;
    if (!state.paused) {
      const passed = before === null ? 0 : (now - before) / 1000;
      time += state.slow * Math.min(passed, 0.25);
      if (before !== null) tempo.take(passed);
    } else if (!stale) {
      return;
    }
    before = state.paused ? null : now;
    stale = false;
    paint();
    if (!state.paused) wake();
  }

  function paint() {
    const theme = app.classList.contains("light") ? "light" : "dark", colours = spec.themes[theme];
    for (const pane of panes.slice(0, state.panes)) {
      if (pane.swarm) pane.swarm.shown = state.paused ? look.count : tempo.shown;
      pane.frame(time, colours, !state.paused, theme);
    }
  }

  const keys = (event) => {
    if (event.target.closest("input, select, button, a, .handle") || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") ask({ paused: !state.paused });
    else if (event.key === "r") restart();
    else return;
    event.preventDefault();
  };
  const again = () => set(state, false);
  const sized = new ResizeObserver(() => {
    stale = true;
    for (const pane of panes) if (pane.path) pane.draw(state);
    wake();
  });
  sized.observe(planes);
  looks.addEventListener("change", again);
  if (address) {
    addEventListener("hashchange", recall);
    addEventListener("keydown", keys);
    recall();
  } else {
    time = usual.time;
    set(usual, false);
  }
  return {
    panes,
    get state() { return state; },
    get time() { return time; },
    tempo,
    set: (patch) => ask(patch),
    redraw: paint,
    seek(to) {
      time = to;
      paint();
    },
    starts,
    enter,
    integrate,
    landing,
    flow: (patch) => flowOf(spec, { ...state, ...patch }, ""),
    drawn: (patch) => drawn(spec, { ...state, ...patch }, ""),
    // Let go of all: a browser gives a page few contexts, and takes the oldest away for a new one.
    end() {
      cancelAnimationFrame(wanted);
      wanted = Infinity;
      for (const { swarm } of panes) swarm?.gl.getExtension("WEBGL_lose_context")?.loseContext();
      sized.disconnect();
      looks.removeEventListener("change", again);
      removeEventListener("hashchange", recall);
      removeEventListener("keydown", keys);
    },
  };
}

// A page of its own: its state is in the address. Who wants to know finds the picture at its element.
function begin(place, spec) {
  place.live = mount(place, spec, { address: true });
}
