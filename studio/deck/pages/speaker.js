"use strict";
// The speaker's window: drawn by the deck itself, so it shows the picture that the audience sees.

function openSpeaker(old) {
  if (old && !old.view.closed) {
    old.view.focus();
    return old;
  }
  const view = open("", "", "width=1100,height=700");
  if (!view) {
    note(say("The browser opens no window: allow pop-ups for this page."));
    return null;
  }
  return new Speaker(view);
}

class Speaker {
  constructor(view) {
    this.view = view;
    const page = view.document;
    page.head.innerHTML = `<style>${at("speaker-style").textContent}</style>`;
    page.title = say("Speaker: {title}", { title: document.title }); // after the head, which holds it
    page.body.innerHTML = at("speaker-page").innerHTML;
    this.at = (id) => page.getElementById(id);
    this.times = steps.map(() => 0); // seconds in each step
    this.step = here.step;
    this.counted = Date.now();
    const script = page.createElement("script");
    script.textContent = at("speaker-script").textContent;
    page.head.append(script);
    view.addEventListener("keydown", pressed);
    for (const [id, does] of [["goes-on", on], ["goes-back", back]]) {
      this.at(id).addEventListener("click", does);
      // a mouse gives it no focus, which would take keys: they step
      this.at(id).addEventListener("mousedown", (event) => event.preventDefault());
    }
    this.clock = setInterval(() => this.tick(), 250);
    this.arrive();
    this.draw();
  }

  arrive() {
    this.count();
    const told = steps[here.step], next = steps[here.step + 1];
    this.at("name").textContent = `${here.step + 1}/${steps.length}  ${told.name}`;
    this.at("notes").replaceChildren(
      ...told.notes.map((line) => {
        const said = this.view.document.createElement("p");
        said.textContent = line;
        return said;
      }),
    );
    this.at("next").hidden = !next;
    if (next) this.at("next").src = next.last;
    this.at("next-name").textContent = next ? next.name : say("The end.");
  }

  tick() {
    if (this.view.closed) {
      clearInterval(this.clock);
      speaker = null;
      return;
    }
    this.count();
    this.at("time").textContent = new Date().toTimeString().slice(0, 5);
    this.at("since").textContent = spent((Date.now() - began) / 1000);
    this.at("in-step").textContent = spent(this.times[here.step]);
    const calm = trial.open ? say("live") : waits(steps, here) ? say("waits") : say("plays");
    const state = !at("dark").hidden ? say("black") : player.paused && !trial.open ? say("paused") : calm;
    this.at("state").textContent = captions ? say("{state}, captions", { state }) : state;
  }

  /** Give its seconds to the step that was shown: timers of a window that nobody sees are late. */
  count() {
    const now = Date.now();
    this.times[this.step] += (now - this.counted) / 1000;
    Object.assign(this, { step: here.step, counted: now });
  }

  /** What the audience sees, now and then: the same picture, and no second decoder. */
  draw() {
    if (this.view.closed) return;
    const canvas = this.at("now"), seen = at("still").hidden ? shownVideo() : at("still");
    const wide = seen.videoWidth || seen.naturalWidth;
    if (wide) {
      canvas.width = 640;
      canvas.height = Math.round((640 * (seen.videoHeight || seen.naturalHeight)) / wide);
      canvas.getContext("2d").drawImage(seen, 0, 0, canvas.width, canvas.height);
    }
    setTimeout(() => requestAnimationFrame(() => this.draw()), 80);
  }
}

function shownVideo() {
  return player.front?.video ?? at("film");
}

function spent(seconds) {
  const whole = Math.floor(seconds), pad = (n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 60)}:${pad(whole % 60)}`;
}
