"use strict";
// The player that has no joints: steps and laps of holds, end to end on one time line.

const AHEAD = 6; // seconds that are loaded before they are seen
const ENOUGH = 2; // seconds that are loaded before a seek
const BEHIND = 20; // seconds that are kept after they were seen
const LATE = 0.35; // seconds before a joint in which it can no longer be changed

/** One video fed by MediaSource: steps and laps of holds lie end to end on its time line. */
class Stream {
  constructor(steps, films, video, curtain, moved) {
    Object.assign(this, { steps, films, video, curtain, moved });
    this.plan = []; // what lies where: {step, part, at, length}
    this.work = Promise.resolve();
    this.source = new MediaSource();
    this.opened = new Promise((opened) => {
      this.source.addEventListener("sourceopen", opened, { once: true });
    });
    video.src = URL.createObjectURL(this.source);
    video.requestVideoFrameCallback(this.seen);
    video.addEventListener("waiting", () => this.extend()); // of a tab that is not seen no frame is told
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

  /** One change of the buffer after the other; none for an entry that is no longer planned. */
  change(run, entry = null) {
    this.work = this.work.then(async () => {
      if (entry && !this.plan.includes(entry)) return;
      for (let tries = 0; tries < 3; tries++) {
        try {
          run();
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
    const entry = { step, part, at, length: frames / told.fps, jumped };
    this.plan.push(entry);
    const kind = `video/mp4; codecs="${told.codec}"`;
    this.work = this.work.then(() => this.opened);
    this.change(() => {
      if (!this.buffer) this.buffer = this.source.addSourceBuffer(kind);
      else if (this.kind !== kind) this.buffer.changeType(kind);
      this.kind = kind;
      this.buffer.timestampOffset = at;
    }, entry);
    for (const chunk of this.films.chunks(name)) {
      this.change(() => this.buffer.appendBuffer(chunk), entry);
    }
    this.close();
  }

  /** Without this, the last pictures before a still would wait for those that come after them. */
  close() {
    this.change(() => {
      const last = this.plan.at(-1);
      if (last && !follows(this.steps, last) && this.source.readyState === "open") {
        this.source.endOfStream();
      }
    });
  }

  remove(from, to) {
    this.change(() => this.buffer.remove(from, to));
    this.close(); // which a removal undoes
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
      this.remove(0, this.plan[0].at);
    }
  }

  go(step, part) {
    this.curtain.drop(this.video);
    const at = this.plan.length ? Math.ceil(this.end) + 1 : 0;
    this.plan = [];
    const told = this.steps[step], halt = part === "hold" && !told.hold && !told.loops;
    this.append(step, halt ? "step" : part, true, at);
    const entry = this.plan[0], half = 0.5 / told.fps;
    const to = halt ? at + entry.length - half : at && at + half;
    // With less than that before it, Chromium shows the last picture that there is.
    this.extend(at, ENOUGH);
    if (at) this.remove(0, at - 0.5);
    this.change(() => {
      this.video.currentTime = to;
    }, entry);
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
        this.plan = this.plan.filter(({ at }) => at < joint);
        const cut = joint - 0.25 / told.fps;
        this.remove(cut, Infinity);
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
    this.change(() => {
      if (this.wantsPause) return;
      if (this.video.ended) { // played on there, it would begin anew
        const half = 0.5 / this.steps[this.plan.at(-1).step].fps;
        const next = this.plan.find(({ at }) => at > this.video.currentTime - half);
        if (!next) return;
        this.video.currentTime = next.at + half;
      }
      this.video.play().catch(() => {});
    });
  }
}

/** Resolves when a buffer has done what it was asked. */
function done(buffer) {
  return new Promise((ready) => buffer.addEventListener("updateend", ready, { once: true }));
}
