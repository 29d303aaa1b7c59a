"use strict";
// Players of steps and holds. All have the same face:
//   go(step, part)  show a step from its begin ("step") or as it waits ("hold"), cross-faded
//   on()            from a stop into the next step, without a seam
//   pause(), resume(), paused, place() -> {step, part, seconds}
// and call `moved(place)` at every picture.

const FADE = 120; // ms of a cross-fade
const AHEAD = 6; // seconds that are loaded before they are seen
const ENOUGH = 2; // seconds that are loaded before a seek
const BEHIND = 20; // seconds that are kept after they were seen
const LATE = 0.35; // seconds before a joint in which it can no longer be changed

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

/** One video fed by MediaSource: steps and laps of holds lie end to end on its time line. */
class Stream {
  constructor(steps, films, video, curtain, moved) {
    Object.assign(this, { steps, films, video, curtain, moved });
    this.plan = []; // what lies where: {step, part, at, length}
    this.turn = 0; // raised whenever what was to be appended no longer is
    this.work = Promise.resolve();
    this.source = new MediaSource();
    this.opened = new Promise((opened) => {
      this.source.addEventListener("sourceopen", opened, { once: true });
    });
    video.src = URL.createObjectURL(this.source);
    video.requestVideoFrameCallback(this.seen);
  }

  static plays(codec) {
    return "MediaSource" in window && MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`);
  }

  seen = (now, frame) => {
    this.video.requestVideoFrameCallback(this.seen);
    const place = this.place(frame.mediaTime);
    if (place) {
      if (place.entry.jumped) this.curtain.lift();
      this.moved(place);
    }
    this.extend();
  };

  get end() {
    const last = this.plan.at(-1);
    return last ? last.at + last.length : 0;
  }

  place(time = this.video.currentTime) {
    const entry = this.plan.findLast(({ at, step }) => at <= time + 0.5 / this.steps[step].fps);
    return entry && { step: entry.step, part: entry.part, seconds: time - entry.at, entry };
  }

  /** One change of the buffer after the other; those of an earlier turn are left out. */
  change(what) {
    const turn = this.turn;
    this.work = this.work.then(async () => {
      if (turn !== this.turn && !what.always) return;
      for (let tries = 0; tries < 3; tries++) {
        try {
          what.run();
          break;
        } catch (error) {
          if (error.name !== "QuotaExceededError") throw error;
          this.buffer.remove(0, Math.max(0.1, this.video.currentTime - 1));
          await done(this.buffer);
        }
      }
      if (this.buffer?.updating) await done(this.buffer);
    }).catch((error) => console.error(error));
  }

  append(step, part, jumped = false, at = this.end) {
    const told = this.steps[step];
    const [name, frames] = filmOf(told, part);
    this.plan.push({ step, part, at, length: frames / told.fps, jumped });
    const kind = `video/mp4; codecs="${told.codec}"`;
    this.work = this.work.then(() => this.opened);
    this.change({
      run: () => {
        if (!this.buffer) {
          this.buffer = this.source.addSourceBuffer(kind);
          this.kind = kind;
        } else if (this.kind !== kind) {
          this.buffer.changeType(kind);
          this.kind = kind;
        }
        this.buffer.timestampOffset = at;
      },
    });
    for (const chunk of this.films.chunks(name)) {
      this.change({ run: () => this.buffer.appendBuffer(chunk) });
    }
    if (follows(this.steps, this.plan.at(-1)) === null) {
      this.change({ run: () => this.source.readyState === "open" && this.source.endOfStream() });
    }
  }

  extend(now = this.video.currentTime, ahead = AHEAD) {
    while (this.plan.length && this.end - now < ahead) {
      const next = follows(this.steps, this.plan.at(-1));
      if (!next) break;
      this.append(...next);
    }
    now = this.video.currentTime;
    while (this.plan.length > 1 && this.plan[1].at < now - BEHIND) {
      this.plan.shift();
      const gone = this.plan[0].at;
      this.change({ run: () => gone > 0 && this.buffer.remove(0, gone) });
    }
  }

  go(step, part) {
    this.curtain.drop(this.video);
    this.turn += 1;
    const at = this.plan.length ? Math.ceil(this.end) + 1 : 0;
    this.plan = [];
    const told = this.steps[step], halt = part === "hold" && !told.hold && !told.loops;
    this.append(step, halt ? "step" : part, true, at);
    const entry = this.plan[0], half = 0.5 / told.fps;
    const to = halt ? at + entry.length - half : at && at + half;
    // With less than that before it, Chromium shows the last picture that there is.
    this.extend(at, ENOUGH);
    this.change({ run: () => void (this.video.currentTime = to) });
    if (at) this.change({ run: () => this.buffer.remove(0, at - 0.5) });
    this.extend(at);
    this.resume();
  }

  on(goes) {
    const place = this.place();
    const next = place ? place.step + 1 : 0;
    if (next >= this.steps.length) return false;
    const told = place && this.steps[place.step];
    const still = told && !told.hold && !told.loops;
    if (!place || (!still && goes === "now")) {
      this.go(next, "step");
      return true;
    }
    if (this.plan.at(-1).step === place.step) {
      const now = this.video.currentTime + (this.video.paused ? 0 : LATE);
      const joint = this.plan.find(({ at }) => at > now)?.at ?? this.end;
      if (joint < this.end) {
        this.turn += 1;
        this.plan = this.plan.filter(({ at }) => at < joint);
        const cut = joint - 0.25 / told.fps;
        this.change({ run: () => this.buffer.remove(cut, Infinity) });
      }
      this.append(next, "step");
    } else {
      this.go(next, "step"); // it has been asked for, and is asked for again
    }
    this.resume();
    return true;
  }

  get paused() {
    return this.wantsPause ?? false;
  }

  pause() {
    this.wantsPause = true;
    this.video.pause();
  }

  resume() {
    this.wantsPause = false;
    const turn = this.turn;
    this.change({ run: () => turn === this.turn && !this.wantsPause && this.video.play().catch(() => {}) });
  }
}

/** Resolves when a buffer has done what it was asked. */
function done(buffer) {
  return new Promise((ready) => buffer.addEventListener("updateend", ready, { once: true }));
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
