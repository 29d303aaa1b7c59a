"use strict";
// For browsers without MediaSource: two videos, one above the other, change places at a joint. The
// one below waits at its first picture; when the last picture of the other has had its time, it
// comes up and plays.

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
    for (const side of [this.front, this.back]) {
      this.watch(side);
      // where the last picture came too late to be told
      side.video.addEventListener("ended", () => side === this.front && this.begin());
      side.video.addEventListener("loadedmetadata", () => {
        side.loaded = true;
      });
      // where a seek stays within a picture, none is told; nor is one that came before it was loaded
      for (const kind of ["loadeddata", "seeked"]) {
        side.video.addEventListener(kind, () => {
          const { asked } = side;
          setTimeout(() => side === this.back && side.asked === asked && this.overdue(side), WHILE);
        });
      }
    }
  }

  watch(side) {
    side.video.requestVideoFrameCallback((now, frame) => {
      this.watch(side);
      if (side === this.back) return this.arrived(side, frame.mediaTime);
      if (side.step === undefined) return;
      this.curtain.lift();
      this.moved(this.place());
      const told = this.steps[side.step], left = side.length - (frame.mediaTime - side.first);
      if (left < 1.6 / told.fps && this.back.step !== undefined) {
        const next = this.back, { asked } = next;
        const end = frame.expectedDisplayTime + 1000 / told.fps;
        setTimeout(() => {
          if (this.back === next && next.asked === asked && !this.paused) this.begin();
        }, Math.max(0, end - performance.now() - SOON));
      }
    });
  }

  /** The one below has a picture: the one that it waits at, if its times begin where they should. */
  arrived(side, time) {
    if (side.step === undefined || !side.loaded || side.video.seeking) return;
    const { fps } = this.steps[side.step], late = 0.25 / fps;
    if (side.first === undefined) { // with B-frames, films begin a little after 0
      side.first = time > late ? time : 0;
      if (side.halts) side.video.currentTime = side.first + side.length - 0.5 / fps;
      else if (side.first) side.video.currentTime = side.first + late;
      if (side.halts || side.first) return;
    }
    this.found(side);
  }

  /** A picture is there, and nothing was told of it. */
  overdue(side) {
    if (side.ready || side.video.seeking) return;
    if (side.first === undefined) this.arrived(side, side.video.currentTime);
    else this.found(side);
  }

  found(side) {
    side.ready = true;
    if (side.wanted) this.swap();
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
    const asked = (this.asked = (this.asked ?? 0) + 1);
    Object.assign(back, { step, part, asked, length: frames / told.fps, first: undefined, loaded: false, ready: false, wanted: false });
    back.video.pause();
    back.video.src = this.url(name);
    back.halts = part === "hold" && !told.hold && !told.loops;
    back.video.currentTime = 0;
  }

  /** Have the other one seen, as soon as its picture is there. */
  begin() {
    if (this.back.step === undefined) return;
    this.back.wanted = true;
    if (this.back.ready) this.swap();
  }

  swap() {
    [this.front, this.back] = [this.back, this.front];
    const { front, back } = this;
    front.wanted = false;
    front.video.style.zIndex = 1;
    back.video.style.zIndex = 0;
    back.step = undefined;
    if (!this.paused && !front.halts) front.video.play().catch(() => {});
    this.curtain.lift();
    this.moved(this.place());
    // once this one is painted: a video that is given another film shows nothing
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const next = this.front === front && back.step === undefined && follows(this.steps, front);
      if (next) this.prepare(...next);
    }));
  }

  place() {
    const { step, part, video, first } = this.front;
    return step === undefined ? undefined : { step, part, seconds: video.currentTime - first };
  }

  go(step, part) {
    this.curtain.drop(this.front.video);
    this.paused = false;
    this.prepare(step, part);
    this.begin();
  }

  on(goes) {
    const place = this.place(), next = (place?.step ?? -1) + 1;
    if (next >= this.steps.length) return false;
    const still = place && !this.steps[place.step].hold && !this.steps[place.step].loops;
    if (place && goes === "lap" && !still && this.front.video.paused === false) {
      this.prepare(next, "step"); // which begins at the end of the lap
    } else {
      this.go(next, "step");
    }
    return true;
  }

  pause() {
    this.paused = true;
    this.front.video.pause();
  }

  resume() {
    this.paused = false;
    if (this.front.video.ended) this.begin();
    else this.front.video.play().catch(() => {});
  }
}

const WHILE = 100; // ms in which what was sought is seen
const SOON = 8; // ms: half of what a screen takes from one picture to the next
