"use strict";
// Players of steps and holds. All have the same face:
//   go(step, part)  show a step from its begin ("step") or as it waits ("hold"), cross-faded
//   on()            from a stop into the next step, without a seam
//   pause(), resume(), paused, place() -> {step, part, seconds}
// and call `moved(place)` at every picture.

const FADE = 120; // ms of a cross-fade

/** The films in the page, by name, as bytes; the last few stay decoded. */
class Films {
  constructor(most = 4) {
    this.kept = new Map();
    this.most = most;
  }

  bytes(name) {
    let found = this.kept.get(name);
    if (!found) {
      const text = document.getElementById(name).textContent;
      found = Uint8Array.fromBase64
        ? Uint8Array.fromBase64(text)
        : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    }
    this.kept.delete(name);
    this.kept.set(name, found);
    if (this.kept.size > this.most) this.kept.delete(this.kept.keys().next().value);
    return found;
  }

  /** A film in fragments, the first one with what comes before it. */
  chunks(name) {
    const all = this.bytes(name), view = new DataView(all.buffer, all.byteOffset, all.length);
    const starts = [];
    for (let at = 0; at + 8 <= all.length; at += view.getUint32(at)) {
      if (view.getUint32(at + 4) === 0x6d6f6f66) starts.push(at); // moof
    }
    starts[0] = 0;
    return starts.map((start, n) => all.subarray(start, starts[n + 1] ?? all.length));
  }
}

/** What follows by itself: the hold after its step, a lap after a lap; null at a still. */
function follows(steps, { step, part }) {
  const told = steps[step];
  if (told.loops || (told.hold && (told.stops || part === "hold"))) return [step, "hold"];
  return !told.stops && step + 1 < steps.length ? [step + 1, "step"] : null;
}

/** Whether a step waits for a click: in its hold, or at its last picture. */
function waits(steps, { step, part, seconds }) {
  const told = steps[step];
  if (part === "hold" || told.loops) return true;
  return told.stops && !told.hold && seconds > (told.frames - 1.75) / told.fps;
}

/** The film of a part of a step, and how many frames it has. */
function filmOf(told, part) {
  return part === "hold" && told.hold ? [told.hold, told.holdFrames] : [told.film, told.frames];
}

/** What hides a seek: the picture that was seen last, fading away over the one that comes. */
class Curtain {
  constructor(canvas) {
    this.canvas = canvas;
    this.lifting = null;
  }

  drop(video) {
    this.lifting?.cancel();
    this.lifting = null;
    if (!video.videoWidth) return;
    const { canvas } = this;
    if (!canvas.hidden) return; // it still shows what was seen
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.hidden = false;
  }

  lift() {
    const { canvas } = this;
    if (canvas.hidden || this.lifting) return;
    this.lifting = canvas.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE });
    this.lifting.onfinish = () => {
      canvas.hidden = true;
      this.lifting = null;
    };
  }
}

/** Stills, stepped by click: for who wants less motion, and where no film plays. */
class Stills {
  constructor(steps, image, moved) {
    Object.assign(this, { steps, image, moved });
    this.paused = false;
    this.step = 0;
  }

  place() {
    return { step: this.step, part: "hold", seconds: 0 };
  }

  go(step) {
    this.step = step;
    this.image.src = this.steps[step].last;
    this.image.alt = this.steps[step].alt;
    this.moved(this.place());
  }

  on() {
    if (this.step + 1 >= this.steps.length) return false;
    this.go(this.step + 1);
    return true;
  }

  pause() {}

  resume() {}
}

/** The player for this browser: films, or `still` pictures. */
function makePlayer(still) {
  const asked = new URLSearchParams(location.search).get("player");
  const parts = [steps, new Films(), at("film"), new Curtain(at("curtain")), moved];
  const codecs = new Set(steps.map(({ codec }) => codec));
  const can = (codec) => at("film").canPlayType(`video/mp4; codecs="${codec}"`);
  if (still || asked === "stills") return stills();
  if ([...codecs].every(Stream.plays) && asked !== "two") return new Stream(...parts);
  if ([...codecs].every(can) && at("film").requestVideoFrameCallback) return new TwoVideos(...parts);
  at("told").textContent = say(
    "This browser plays no H.264, so you see stills. Open the page in Chrome, Edge, Safari or Firefox.",
  );
  return stills();
}

function stills() {
  at("film").hidden = true;
  at("still").hidden = false;
  return new Stills(steps, at("still"), moved);
}

/** The films after all, for who wants less motion and yet asks for them. */
function films() {
  if (!calm) return;
  at("film").hidden = false;
  at("still").hidden = true;
  player = makePlayer(false);
  player.go(here.step, "step");
}
