"use strict";
// For browsers without MediaSource: two videos, one above the other, change places at a joint.
// At the last picture of one the other begins: the first picture of a hold is the last of its step.

const SWAP = 30; // ms until a video that is told to play shows its first picture

class TwoVideos {
  constructor(steps, films, video, curtain, moved) {
    Object.assign(this, { steps, films, curtain, moved });
    const other = video.cloneNode();
    other.removeAttribute("id");
    video.after(other);
    this.front = { video };
    this.back = { video: other };
    this.urls = new Map();
    this.paused = false;
    for (const side of [this.front, this.back]) this.watch(side);
  }

  watch(side) {
    side.video.requestVideoFrameCallback((now, frame) => {
      this.watch(side);
      if (side === this.back && side.starts) this.swap();
      if (side !== this.front || side.step === undefined) return;
      this.curtain.lift();
      this.moved(this.place());
      const left = side.length - frame.mediaTime;
      if (left < 1.6 / this.steps[side.step].fps && this.back.step !== undefined) {
        const next = this.back, { step, part } = next;
        const wait = Math.max(0, 1000 * left - SWAP); // so that the last picture has its time
        setTimeout(() => {
          if (this.back === next && next.step === step && next.part === part) this.begin();
        }, wait);
      }
    });
  }

  url(name) {
    if (!this.urls.has(name)) {
      const film = new Blob([this.films.bytes(name)], { type: "video/mp4" });
      this.urls.set(name, URL.createObjectURL(film));
    }
    return this.urls.get(name);
  }

  prepare(step, part) {
    const told = this.steps[step], { back } = this;
    const [name, frames] = filmOf(told, part);
    Object.assign(back, { step, part, length: frames / told.fps, starts: false });
    back.video.src = this.url(name);
    const halt = part === "hold" && !told.hold && !told.loops;
    back.video.currentTime = halt ? back.length - 0.5 / told.fps : 0.5 / told.fps;
  }

  begin() {
    this.back.starts = true;
    if (!this.paused) this.back.video.play().catch(() => {});
  }

  swap() {
    [this.front, this.back] = [this.back, this.front];
    this.front.starts = false;
    this.front.video.style.zIndex = 1;
    this.back.video.style.zIndex = 0;
    this.back.video.pause();
    this.back.step = undefined;
    const next = follows(this.steps, this.front);
    if (next) this.prepare(...next);
  }

  place() {
    const { step, part, video } = this.front;
    return step === undefined ? undefined : { step, part, seconds: video.currentTime };
  }

  go(step, part) {
    this.curtain.drop(this.front.video);
    this.paused = false;
    this.prepare(step, part);
    this.begin();
  }

  on() {
    const next = (this.place()?.step ?? -1) + 1;
    if (next >= this.steps.length) return false;
    this.go(next, "step");
    return true;
  }

  pause() {
    this.paused = true;
    this.front.video.pause();
  }

  resume() {
    this.paused = false;
    this.front.video.play().catch(() => {});
  }
}
