// Small things that the desk's parts share.

import { explain, language, t } from "/shared/i18n.js";

export const element = (id) => document.getElementById(id);

// Work

/** Names of what is under way. There is another set for whoever works here next. */
let busy = new Set();

/** Forgets what is under way, and what was told. */
export function forgetWork() {
  busy = new Set();
  dim();
  complain("");
  sayMoment("");
}

/** Waits for an answer. One that comes when somebody else works here goes nowhere. */
export async function answer(call) {
  const mine = busy;
  try {
    const result = await call;
    if (mine === busy) return result;
  } catch (error) {
    if (mine === busy) throw error;
  }
  return new Promise(() => {});
}

const asked = new Map();

/** Asks for a list. Gives what tells, once the answer is there, whether it was not asked for again. */
export function newest(list) {
  const turn = (asked.get(list) ?? 0) + 1;
  asked.set(list, turn);
  return () => asked.get(list) === turn;
}

/**
 * Runs what somebody asked for; what has a name, once at a time. A failure is told in words, in the dialog that is
 * open or on the page, and `after` sees to what it left.
 */
export async function run(work, { name = null, after = null } = {}) {
  const mine = busy;
  if (mine.has(name)) return;
  if (name) mine.add(name);
  dim();
  for (const problem of document.querySelectorAll(".problem")) problem.textContent = "";
  try {
    await work();
  } catch (error) {
    const text = explain(error);
    complain(text === t("errors.other") ? t("desk.failed") : text, text === t("errors.connection"));
    // What it leaves is seen to by the next look, too.
    await after?.().catch(() => {});
  } finally {
    mine.delete(name);
    dim();
  }
}

/** Buttons of what is under way look asleep. They are not disabled, which would lose the focus. */
function dim() {
  for (const place of document.querySelectorAll("[data-once]")) {
    for (const button of place.matches("button") ? [place] : place.querySelectorAll("button")) {
      if (busy.has(place.dataset.once)) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }
}

// A button does nothing while its work is under way, by the second click of a double click, and where something
// else was a moment ago.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !(event.detail > 1 || button.closest(".moved, [aria-disabled]"))) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// Nor does a key that is held down.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter") event.preventDefault();
}, true);

// Messages

/** Tells what went wrong. A lost connection is told until it is back. */
export function complain(text, isPassing = false) {
  const problem = document.querySelector("dialog[open] .problem") ?? element("problem");
  problem.textContent = text;
  problem.classList.toggle("passing", isPassing);
  element("registered").textContent = "";
}

export function connected() {
  for (const problem of document.querySelectorAll(".problem.passing")) problem.textContent = "";
}

export function tell(text) {
  element("registered").textContent = text;
}

let slow = 0;
const sayMoment = (text) => { for (const place of document.querySelectorAll(".busy")) place.textContent = text; };

/** Says that it takes a moment, when it does. */
export async function patiently(call) {
  const timer = setTimeout(() => sayMoment(t("kiosk.busy")), 600);
  slow += 1;
  try {
    return await call;
  } finally {
    clearTimeout(timer);
    slow -= 1;
    if (!slow) sayMoment("");
  }
}

// Lists

/** For how many milliseconds what has moved cannot be pressed. */
const SETTLE = 500;
const looks = new WeakMap();

/**
 * Shows `entries`, each `{ key, data, make }`, in a list. What has the data that it had before stays as it is, with
 * the focus. Where somebody aimed at something else a moment ago, nothing can be pressed for a moment.
 */
export function fill(list, entries) {
  const before = [...list.children];
  const known = new Map(before.map((child) => [child.dataset.key, child]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const focusedAt = before.findIndex((child) => child.contains(focused));
  const now = entries.map(({ key, data, make }) => {
    const look = JSON.stringify([language, data]);
    const old = known.get(String(key));
    if (old && looks.get(old) === look) return old;
    const made = make();
    made.dataset.key = key;
    looks.set(made, look);
    return made;
  });
  const staying = new Set(now);
  for (const child of before) if (!staying.has(child)) child.remove();
  let place = list.firstElementChild;
  for (const child of now) {
    if (child === place?.nextElementSibling) {
      // The one before it goes further down.
      place.remove();
      place = child;
    }
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const [index, child] of now.entries()) {
    if (!before[index] || before[index] === child) continue;
    child.classList.add("moved");
    clearTimeout(child.settling);
    child.settling = setTimeout(() => child.classList.remove("moved"), SETTLE);
  }
  dim();
  if (!focused || focused === document.activeElement) return;
  const next = now.find((child) => child.dataset.key === before[focusedAt].dataset.key)
    ?? now[focusedAt] ?? now.at(-1);
  (focused.isConnected ? focused : next?.querySelector("button") ?? list.closest("section"))?.focus();
}

/** Buttons of `[key, work]` pairs. `options` are those of `run`. */
export function buttons(actions, options) {
  const row = document.createElement("div");
  row.className = "actions";
  row.dataset.once = options.name;
  row.append(...actions.map(([key, work]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = t(key);
    button.addEventListener("click", () => run(work, options));
    return button;
  }));
  return row;
}

/** An item of a list: a title, small print, buttons. */
export function item(title, details, actions, options) {
  const made = document.createElement("li");
  const text = document.createElement("div");
  text.textContent = title;
  const small = document.createElement("small");
  for (const [index, detail] of details.filter(Boolean).entries()) {
    // A phone number runs from left to right in every language.
    const part = document.createElement("bdi");
    part.textContent = detail;
    small.append(index ? " · " : "", part);
  }
  text.append(small);
  made.append(text, buttons(actions, options));
  return made;
}

// Questions

for (const button of document.querySelectorAll("dialog .close")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

/** Asks for one of `choices` (`[value, text]` pairs), or for a text. Null when nobody answers. */
export function ask(question, choices = null) {
  const dialog = element("question");
  element("question-label").textContent = question;
  element("answer-choice").hidden = !choices;
  element("answer").hidden = Boolean(choices);
  element("answer").required = !choices;
  element("answer").value = "";
  element("answer-choice").replaceChildren(
    ...(choices ?? []).map(([value, text]) => new Option(text, value)));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      const answer = choices ? element("answer-choice").value : element("answer").value.trim();
      done(dialog.returnValue === "ok" && answer ? answer : null);
    }, { once: true });
  });
}
