// Calls tokens out, one after the other: a chime, then speech where the browser has it.

import { language, t } from "/shared/i18n.js";

const waiting = [];
let isCalling = false;
/** The call that is shown, and what ends it before its time. */
let shown = null;
let end;
const audio = new AudioContext();

/** Browsers keep pages quiet until somebody has touched them; a kiosk mode can allow sound. */
export const soundIsLocked = () => audio.state === "suspended";
export const unlockSound = () => audio.resume();

const milliseconds = (count) => new Promise((done) => setTimeout(done, count));

/**
 * Announces a call in its turn: `show(call)` while it lasts, then `show(null)`. One that is over by then, as
 * `call.isStill()` tells, is left out.
 */
export async function announce(call, show) {
  waiting.push(call);
  if (isCalling) return;
  isCalling = true;
  // What came with it, after an interruption, may have ended it.
  await null;
  for (let next; (next = waiting.shift());) {
    if (!next.isStill()) continue;
    shown = next;
    const isOver = new Promise((done) => { end = done; });
    show(next);
    await Promise.race([isOver, Promise.all([milliseconds(5000), say(next)])]);
    shown = null;
    show(null);
    await milliseconds(300);
  }
  isCalling = false;
}

/** Ends the call that is shown if it is over. */
export function checkCalls() {
  if (!shown || shown.isStill()) return;
  window.speechSynthesis?.cancel();
  end();
}

async function say(call) {
  await chime();
  if (call === shown) await speak(t("board.speech", { token: Number(call.token), where: call.where }));
}

/** Two tones of a gong. */
async function chime() {
  if (audio.state !== "running") return;
  const start = audio.currentTime;
  for (const [frequency, at] of [[659.3, 0], [523.3, 0.45]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, start + at);
    volume.gain.exponentialRampToValueAtTime(0.5, start + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + at + 0.9);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + at);
    tone.stop(start + at + 1);
  }
  await milliseconds(1300);
}

function speak(text) {
  const speech = window.speechSynthesis;
  if (!speech || audio.state !== "running") return Promise.resolve();
  const voice = speech.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language));
  if (!voice && language !== "en") return Promise.resolve();
  return Promise.race([
    new Promise((done) => {
      const words = new SpeechSynthesisUtterance(text);
      words.lang = language;
      if (voice) words.voice = voice;
      words.onend = words.onerror = done;
      speech.speak(words);
    }),
    milliseconds(8000),
  ]);
}
