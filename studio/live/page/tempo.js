// How many particles there is time for: fewer where frames are late, more where they are early.

const LATE = 1 / 24, EARLY = 1 / 30; // seconds a frame
const FEWEST = 1000;                 // particles
const LOOK = 8;                      // frames that are looked at before the number changes

class Tempo {
  constructor(most) {
    this.most = most;
    this.shown = most;
    this.frames = [];
  }

  // A frame took so many seconds. What took very long is no frame: a page that was out of sight.
  take(seconds) {
    if (seconds > 0.5) return;
    this.frames.push(seconds);
    if (this.frames.length < LOOK) return;
    // the middle one: a single late frame, when something else was done, tells nothing
    const usual = this.frames.sort((a, b) => a - b)[LOOK / 2];
    this.frames = [];
    if (usual > LATE) this.shown *= Math.max(LATE / usual, 0.5);
    else if (usual < EARLY) this.shown *= 1.1;
    this.shown = Math.min(Math.max(this.shown, Math.min(FEWEST, this.most)), this.most);
  }
}
