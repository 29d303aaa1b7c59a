"use strict";
// What is heard: a step's own sound goes along with its pictures, whichever player shows those.

const APART = 0.15; // seconds by which a sound may be off before it is moved to its picture

const sound = {
  audio: new Audio(),
  step: -1, // the one whose sound is loaded
  on: true,

  /** A picture is seen: have its sound heard. */
  follow({ step, part, seconds }) {
    const told = steps[step];
    if (!told.sound) return this.rest();
    const { audio } = this;
    if (part === "hold" && !told.loops) { // who jumps there has heard enough; else it may end
      if (audio.duration - audio.currentTime > 2 * APART) audio.pause();
      return;
    }
    if (this.step !== step) this.load(step);
    if (!this.on || seconds > audio.duration) return;
    if (Math.abs(audio.currentTime - seconds) > APART) audio.currentTime = seconds;
    if (audio.paused && !shownVideo().paused) this.play();
  },

  load(step) {
    this.rest();
    this.step = step;
    const film = new Blob([player.films.bytes(steps[step].sound)], { type: "audio/mp4" });
    this.audio.src = URL.createObjectURL(film);
  },

  /** A browser lets nothing be heard before a key or a click. */
  play() {
    if (navigator.userActivation && !navigator.userActivation.hasBeenActive) {
      if (!this.asked) note(say("The sound begins with a key or a click."));
      this.asked = true;
      return;
    }
    this.audio.play().catch(() => {}); // it is asked for again with the next picture
  },

  rest() {
    this.audio.pause();
    if (this.step >= 0) URL.revokeObjectURL(this.audio.src);
    this.step = -1;
  },

  toggle() {
    if (!steps.some(({ sound: own }) => own)) return note(say("This talk has no sound."));
    this.on = !this.on;
    if (!this.on) this.audio.pause();
    note(this.on ? say("Sound") : say("No sound"));
  },
};
