"use strict";
// Runs in the speaker's window: full screen needs a key of the window that asks, and only what runs
// in this one may pass its key on to the deck.

function passFullScreen() {
  opener.postMessage("full screen", { targetOrigin: "/", delegate: "fullscreen" });
}
