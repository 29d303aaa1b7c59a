"use strict";
// A hold, live: the same flow from where the film waits, under the hand, in place of the film.

const trial = {
  shown: null, // what runs, and the step that it is of

  get open() {
    return this.shown !== null;
  },

  /** Whether there is a live picture of a step that this browser can show. */
  can(told) {
    return Boolean(live && told.live && this.draws());
  },

  draws() {
    this.gl ??= (() => {
      const context = document.createElement("canvas").getContext("webgl2");
      const good = Boolean(context?.getExtension("EXT_color_buffer_float"));
      context?.getExtension("WEBGL_lose_context")?.loseContext();
      return good;
    })();
    return this.gl;
  },

  enter(step) {
    const told = steps[step], place = at("trial");
    if (!this.can(told)) return false;
    this.close(false);
    const spec = structuredClone(told.live);
    spec.usual.time += phase(told);
    place.classList.toggle("light", spec.usual.theme === "light");
    place.classList.add("faint");
    place.hidden = false;
    this.shown = { step, live: live.mount(at("live"), spec, {}), paused: player.paused };
    this.lie();
    player.pause();
    requestAnimationFrame(() => requestAnimationFrame(() => place.classList.remove("faint")));
    if (here.step === step) tell(told); // else it is about to be there
    return true;
  },

  /** Away with it; the film goes on where it was. */
  close(goesOn = true) {
    if (!this.open) return;
    const { live: running, paused } = this.shown;
    running.end();
    for (const canvas of at("live").querySelectorAll("canvas")) {
      canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
    this.shown = null;
    at("live").replaceChildren();
    at("trial").hidden = true;
    tell(steps[here.step]);
    if (goesOn && !paused) player.resume();
  },

  toggle() {
    const { live: running } = this.shown;
    running.set({ paused: !running.state.paused });
  },

  /** Have the plane where the film has it, if there is room for its knobs at the right. */
  lie() {
    if (!this.open) return;
    const { shape, live: { square: [x, y, wide, high] } } = steps[this.shown.step];
    const width = Math.min(innerWidth, innerHeight * shape), height = width / shape;
    const left = (innerWidth - width) / 2 + x * width, top = (innerHeight - height) / 2 + y * height;
    const place = at("trial"), side = wide * width, room = innerWidth - left - 1.07 * side;
    place.classList.toggle("lies", room > 416 && innerWidth > 992);
    const all = { left: left - (86 / 573) * side, top: top - (26 / 573) * high * height,
      wide: (690 / 573) * side, high: (684 / 573) * high * height };
    for (const [name, pixels] of Object.entries(all)) place.style.setProperty(`--${name}`, `${pixels}px`);
  },

  /** Whether a key is for the control that has the focus. */
  takes(event) {
    const held = event.target.closest?.("#trial input, #trial select, #trial button, #trial .handle");
    if (!held || ["PageUp", "PageDown", "Escape"].includes(event.key)) return false;
    return held.matches("select") || event.key.length > 1 || event.key === " ";
  },
};

/** How far the hold is that is seen, or less a lap where the lap's end is nearer. */
function phase(told) {
  if (here.part !== "hold" || steps[here.step] !== told) return 0;
  const lap = told.holdFrames / told.fps;
  return here.seconds > lap / 2 ? here.seconds - lap : here.seconds;
}

addEventListener("resize", () => trial.lie());
