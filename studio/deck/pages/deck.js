"use strict";
// The deck: keys, clicks and touch, the overview, captions, and the speaker's window.

const deck = JSON.parse(document.getElementById("deck").textContent);
const steps = deck.steps;
const at = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const began = Date.now();
let goes = deck.goes; // "now", or at the end of the "lap"
let here = { step: 0, part: "step", seconds: 0 };
let captions = false;
let speaker = null;
let player = makePlayer(calm);

/** A text in the language of the page, with its placeholders. */
function say(text, values = {}) {
  return (deck.words[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A picture is seen. */
function moved(place) {
  const changed = place.step !== here.step;
  here = place;
  if (changed) arrive();
  caption();
  sound.follow(place);
}

let noted = 0;
/** Tell for a moment what a key has done that is not seen: the speaker, if there is one. */
function note(text) {
  const place = speaker && !speaker.view.closed ? speaker.at("noted") : at("noted");
  at("where").textContent = text;
  place.textContent = text;
  clearTimeout(noted);
  noted = setTimeout(() => place.replaceChildren(), 2500);
}

/** Where we are, for who hears it, and in the address. */
function tell(told) {
  at("where").textContent = trial.open
    ? say("{name}, live", { name: told.name })
    : say("{name}, step {number} of {count}", {
      name: told.name, number: here.step + 1, count: steps.length,
    });
  history.replaceState(null, "", `#${here.step + 1}${trial.open ? "v" : ""}`);
}

function arrive() {
  const told = steps[here.step];
  document.body.style.setProperty("--ground", told.background);
  at("film").setAttribute("aria-label", told.alt);
  tell(told);
  document.querySelectorAll("#overview button").forEach((button, number) => {
    if (number === here.step) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  speaker?.arrive();
}

function caption() {
  const { cues, frames, fps } = steps[here.step];
  const now = here.part === "hold" ? frames / fps - 0.01 : here.seconds;
  const said = captions && cues.find(([start, end]) => start <= now && now < end);
  const text = said ? said[2] : "";
  if (at("caption").textContent !== text) at("caption").textContent = text;
}

// What keys ask for. Whoever steps is no longer in the dark.

function on() {
  light();
  if (!trial.open && asksNow() && trial.enter(here.step)) return;
  if (trial.open && trial.shown.step + 1 === steps.length) return theEnd();
  trial.close();
  if (player.paused) return player.resume();
  if (!waits(steps, here)) {
    const told = steps[here.step];
    if (told.stops) return player.go(here.step, "hold");
    if (here.step + 1 < steps.length) return player.go(here.step + 1, "step");
  }
  if (!player.on(goes)) theEnd();
}

/** What flows goes on: who presses once more than there are steps has nothing stopped. */
function theEnd() {
  note(say("The end of the talk."));
}

/** On; but a figure at the end of the talk is stopped by it, and goes on. */
function space() {
  const isLast = here.step + 1 === steps.length && steps[here.step].loops;
  isLast && !trial.open && at("dark").hidden ? toggle() : on();
}

/** Whether the step that waits is followed by a live one. */
function asksNow() {
  return steps[here.step].asks && waits(steps, here) && !player.paused;
}

/** Back to where one waited last: a step at whose end the talk does not stop would play on. */
function back() {
  light();
  if (trial.open) return trial.close();
  const waited = ({ stops, loops }, number) => number < here.step && (stops || loops);
  const step = player instanceof Stills ? here.step - 1 : steps.findLastIndex(waited);
  step >= 0 ? player.go(step, "hold") : player.go(0, "step");
}

function repeat() {
  light();
  trial.close();
  player.go(here.step, "step");
}

function toggle() {
  if (trial.open) return trial.toggle();
  if (player instanceof Stills) return films();
  player.paused ? player.resume() : player.pause();
}

let wasPaused = false;
function dark() {
  if (!at("dark").hidden) return light();
  wasPaused = player.paused;
  player.pause();
  at("dark").hidden = false;
}

function light() {
  if (at("dark").hidden) return;
  at("dark").hidden = true;
  if (!wasPaused) player.resume();
}

function to(step) {
  light();
  trial.close();
  at("overview").close();
  player.go(step, "step");
}

/** Full screen, or no longer; a browser takes a key of this window, and Chromium one passed on. */
function full({ view }) {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (view === window) fill(say("This browser gives no full screen here."));
  else view.passFullScreen();
}

async function fill(otherwise) {
  try {
    await document.documentElement.requestFullscreen();
  } catch {
    note(otherwise);
  }
}

addEventListener("message", ({ source, data }) => {
  if (!speaker || source !== speaker.view || data !== "full screen") return;
  fill(say("This browser takes full screen from the audience's window alone: press f there."));
});

function show(dialog) {
  at(dialog).open ? at(dialog).close() : at(dialog).showModal();
  at(dialog).querySelector("[aria-current]")?.focus();
}

function tryIt() {
  light();
  if (trial.open) return trial.close();
  const told = steps[here.step];
  if (trial.enter(here.step)) return;
  note(told.live
    ? say("This browser has no WebGL2: the film stays.") : say("Nothing of this step can be tried."));
}

const keys = {
  tryIt,
  leave: () => trial.close(),
  on, space, back, repeat, toggle, dark, full,
  first: () => to(0),
  last: () => to(steps.length - 1),
  overview: () => show("overview"),
  help: () => show("help"),
  captions: () => {
    captions = !captions;
    caption();
  },
  lap: () => {
    goes = goes === "now" ? "lap" : "now";
    note(goes === "now" ? say("A click goes on at once") : say("A click waits for the lap's end"));
  },
  speaker: () => {
    speaker = openSpeaker(speaker);
  },
  sound: () => sound.toggle(),
};
const bound = {
  " ": "space", ArrowRight: "on", ArrowDown: "on", PageDown: "on", Enter: "on", n: "on",
  ArrowLeft: "back", ArrowUp: "back", PageUp: "back", Backspace: "back",
  v: "tryIt", Escape: "leave", Home: "first", End: "last", r: "repeat", p: "toggle", b: "dark", ".": "dark", f: "full",
  o: "overview", c: "captions", l: "lap", m: "sound", s: "speaker", h: "help", "?": "help",
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || here.step < 0) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog && !["o", "h", "?"].includes(event.key)) {
    if (event.view === window) return; // it has keys of its own
    dialog.close();
    if (event.key === "Escape") return;
  }
  if (trial.open && trial.takes(event)) return;
  if (["Enter", " "].includes(event.key) && event.target.closest?.("button")) return; // presses it
  const name = bound[event.key] ?? bound[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  keys[name](event);
}

addEventListener("keydown", pressed);
addEventListener("pagehide", () => speaker?.view.close()); // nobody would answer there
let touched = null;
at("stage").addEventListener("pointerdown", ({ clientX, target, isPrimary }) => {
  touched = isPrimary && !at("trial").contains(target) ? clientX : null; // two fingers zoom
});
at("stage").addEventListener("pointerup", ({ clientX, pointerType, button }) => {
  if (touched === null || button > 0 || here.step < 0) return;
  const way = clientX - touched;
  touched = null;
  pointerType === "touch" && way > 50 ? back() : on();
});

for (const stops of ["pause", "waiting", "emptied"]) { // of a film, which bubbles nowhere
  at("stage").addEventListener(stops, ({ target }) => {
    if (target === shownVideo()) sound.audio.pause();
  }, true);
}

at("trial-back").addEventListener("click", () => trial.close());
at("trial-on").addEventListener("click", on);

steps.forEach((told, number) => {
  const button = document.createElement("button");
  const picture = Object.assign(new Image(), { src: told.last, alt: "" });
  const name = document.createElement("span");
  name.textContent = `${number + 1}. ${told.name}`;
  button.append(picture, name);
  button.addEventListener("click", () => to(number));
  at("tiles").append(button);
});

/** To the step that the address asks for, live or not; else to the one given, if any. */
function visit(otherwise) {
  const hash = location.hash.slice(1), asked = Number.parseInt(hash, 10) - 1;
  const tries = hash.endsWith("v"), step = asked >= 0 && asked < steps.length ? asked : otherwise;
  if (step === undefined) return tell(steps[here.step]);
  light();
  trial.close(false);
  player.go(step, tries ? "hold" : "step");
  if (tries) trial.enter(step);
}

here.step = -1;
visit(0);
addEventListener("hashchange", () => visit());
