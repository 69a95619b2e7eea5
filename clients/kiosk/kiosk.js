import {
  askTime, clock, explain, language, languages, now, number, readLanguages, t, useLanguage, useZone,
} from "/shared/i18n.js";
import { pair } from "/shared/pairing.js";
import { Clinic, lasting, newKey, TokenStore } from "/shared/rpc.js";

const element = (id) => document.getElementById(id);
const clinic = new Clinic({ tokens: new TokenStore("kiosk") });

/** Seconds without a touch until somebody is asked, and from then until the start page. */
const PATIENCE = 40;
const LAST_CALL = 15;
/** Seconds that a token stays on the screen. */
const TOKEN_SHOWN = 20;
/** Seconds that a call is repeated while the daemon is away, under its key: nobody gets two tokens. */
const REPEAT = 45;
/** Seconds after which it asks whether its login still holds: perhaps nobody touches it for long. */
const CHECK = 4;
/** Milliseconds that the buttons of a new step sleep: a second tap was meant for those of the last one. */
const SLEEP = 700;

/** What the person at the kiosk has told. Forgotten with the start page. */
let visit = newVisit();
let isBusy = false;
let asleep = 0;
/** The language without a visitor. */
let usual;

function newVisit(wantsAppointment = false) {
  return { wantsAppointment, keys: new Map(), names: [] };
}

// Words

/** What is told in words now, by element: told anew in another language, and gone with the visit. */
const told = new Map();

function tell(id, make) {
  told.set(id, make);
  element(id).replaceChildren(...[make()].flat());
}

function problem(key) {
  tell("problem", () => key ? t(key) : "");
}

// Steps

function show(step) {
  for (const section of document.querySelectorAll(".step")) section.hidden = section.id !== step;
  problem("");
  clearTimeout(asleep);
  asleep = setTimeout(() => {
    asleep = 0;
    showState();
  }, SLEEP);
  showState();
  document.querySelector(`#${step} h1`).focus({ preventScroll: true });
  wake();
}

/** Back to the start, with nothing left of the last person. */
function startOver() {
  visit = newVisit();
  for (const form of document.forms) form.reset();
  told.clear();
  for (const id of ["appointment-list", "token", "where", "ahead", "printed"]) element(id).replaceChildren();
  for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  element("still-there").close();
  speak(usual);
  show("start");
}

/** Runs what a button does: once, with the others asleep, its failures told in words. */
async function act(work) {
  if (isBusy) return;
  setBusy(true);
  problem("");
  try {
    await work();
  } catch (error) {
    const isLost = error.name === "ConnectionLost";
    // Without a login there is a code on the screen.
    if (clinic.state !== "refused") tell("problem", () => isLost ? t("kiosk.gave_up") : explain(error));
  } finally {
    setBusy(false);
    wake();
  }
}

function setBusy(nowBusy) {
  isBusy = nowBusy;
  showState();
}

const lasts = lasting(showState);

function showState() {
  for (const button of document.querySelectorAll("main button")) button.disabled = isBusy || asleep !== 0;
  const isAway = !clinic.isCurrent && clinic.state !== "refused";
  // A connection that is nobody's is closed now and then.
  const isLost = lasts(isAway) || isAway && clinic.user !== null;
  element("busy").textContent = isBusy
    ? t(isLost ? "kiosk.reconnecting" : "kiosk.busy")
    : isLost ? t("errors.connection") : "";
}

/** One key for one wish of one visit: whoever presses again after a lost answer gets the same token. */
function write(method, params, wish = method + JSON.stringify(params)) {
  if (!visit.keys.has(wish)) visit.keys.set(wish, newKey());
  return clinic.call(method, params, { repeat: REPEAT, key: visit.keys.get(wish) });
}

// Who is there

function identified() {
  const phone = element("phone").value.trim();
  const [day, month, year] = ["day", "month", "year"].map((id) => element(id).value);
  const born = day && month && year ? `${year}-${month}-${day}` : "";
  const exists = born && new Date(`${born}T00:00:00Z`).getUTCDate() === Number(day);
  const phoneIsRight = /^[0-9+\-() ./]{3,40}$/.test(phone) && phone.replace(/\D/g, "").length >= 3;
  mark("phone", phoneIsRight);
  for (const id of ["day", "month", "year"]) mark(id, exists);
  if (!phoneIsRight) problem("kiosk.who.phone_wrong");
  else if (!exists) problem("kiosk.who.born_wrong");
  if (!phoneIsRight) element("phone").focus();
  else if (!exists) element("day").focus();
  return phoneIsRight && exists ? { phone, date_of_birth: born } : null;
}

function mark(id, isRight) {
  if (isRight) element(id).removeAttribute("aria-invalid");
  else element(id).setAttribute("aria-invalid", "true");
}

async function identify(who) {
  const asked = performance.now();
  const found = await clinic.call("kiosk.identify", who, { repeat: REPEAT });
  visit = { ...visit, ...who, visitor: found.visitor, until: asked + found.expires_in * 1000 };
  if (found.appointments.length) {
    tell("appointment-list", () => found.appointments.map((appointment) => {
      const item = document.createElement("li");
      const time = document.createElement("b");
      time.textContent = clock(appointment.start_time);
      const at = [appointment.doctor_label, appointment.room].filter(Boolean).join(", ");
      item.append(time, at);
      return item;
    }));
    show("appointments");
  } else if (visit.wantsAppointment) {
    show("none");
  } else {
    await walkIn();
  }
}

// Tokens

/** Whether nobody, or nothing, was found. It may also be that the visitor's time is over: that is told. */
const isMiss = (error) => error.reason === "visitor_unknown" && performance.now() < visit.until;

async function checkIn() {
  try {
    give(await write("queue.check_in", { visitor: visit.visitor }));
  } catch (error) {
    // The appointment was cancelled or moved meanwhile.
    if (!isMiss(error)) throw error;
    show("none");
  }
}

async function walkIn() {
  try {
    give(await write("queue.walk_in", { visitor: visit.visitor }));
  } catch (error) {
    // Nobody of that phone and birth date is known: the person is new here.
    if (!isMiss(error)) throw error;
    show("register");
    element("name").focus();
  }
}

async function register(name) {
  visit.patient ??= await create(name);
  give(await write("queue.walk_in", { patient_id: visit.patient.id }));
}

/** One record, whatever the names: when an answer was lost, a corrected name may come too late. */
async function create(name) {
  const { phone, date_of_birth } = visit;
  visit.names = [...new Set([name, ...visit.names])];
  for (const name of visit.names) {
    try {
      return await write("patients.create", { name, phone, date_of_birth }, "register");
    } catch (error) {
      if (error.reason !== "idempotency_key_reused" || name === visit.names.at(-1)) throw error;
    }
  }
}

function give(token) {
  element("token").textContent = token.token.split("-").pop();
  element("where").textContent = [token.room, token.doctor_label].filter(Boolean).join(" · ");
  show("done");
  showAhead(visit);
}

async function showAhead(asked) {
  try {
    const { board } = await clinic.call("queue.today");
    const minutes = board.estimated_wait_minutes;
    if (visit !== asked) return;
    tell("ahead", () => minutes == null
      ? t("kiosk.done.waiting", { n: number(board.waiting) })
      : t("kiosk.done.waiting_minutes", { n: number(board.waiting), minutes: number(minutes) }));
  } catch {
    // The token is there; how long it takes is on the board.
  }
}

/** Prints the token. A page is not told whether paper came out, so it says what to do without. */
function print() {
  try {
    window.print();
    tell("printed", () => t("kiosk.done.printed"));
  } catch {
    tell("printed", () => t("kiosk.done.no_printer"));
  }
}

// Patience

let idle = 0;

/** Somebody is there: begins to wait anew. */
function wake() {
  clearTimeout(idle);
  if (element("still-there").open) element("still-there").close();
  const step = document.querySelector(".step:not([hidden])")?.id ?? "pairing";
  if (isBusy || step === "pairing") return;
  if (step === "start") {
    // Somebody who only chose a language has gone.
    if (language !== usual) idle = setTimeout(startOver, PATIENCE * 1000);
    return;
  }
  const isDone = step === "done";
  idle = setTimeout(() => {
    if (isDone) return startOver();
    element("still-there").showModal();
    idle = setTimeout(startOver, LAST_CALL * 1000);
  }, (isDone ? TOKEN_SHOWN : PATIENCE) * 1000);
}

// The form's lists, languages, the clinic

function fillDate() {
  const option = (value, text) => new Option(text, value);
  const months = Array.from({ length: 12 }, (_, index) =>
    new Intl.DateTimeFormat(language, { month: "long" }).format(new Date(2000, index, 1)));
  const thisYear = now().getFullYear();
  const two = (value) => String(value).padStart(2, "0");
  const kept = ["day", "month", "year"].map((id) => element(id).value);
  element("day").replaceChildren(
    option("", "–"), ...Array.from({ length: 31 }, (_, i) => option(two(i + 1), number(i + 1))));
  element("month").replaceChildren(option("", "–"), ...months.map((name, i) => option(two(i + 1), name)));
  element("year").replaceChildren(
    option("", "–"), ...Array.from({ length: 120 }, (_, i) => option(String(thisYear - i), String(thisYear - i))));
  ["day", "month", "year"].forEach((id, index) => { element(id).value = kept[index]; });
}

/** Digits for a screen without a keyboard. */
function fillKeypad() {
  const phone = element("phone");
  const insert = (text, from = phone.selectionStart) => {
    phone.setRangeText(text, from, phone.selectionEnd, "end");
    phone.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const button = (text, work) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", work);
    return made;
  };
  const erase = button("⌫", () => {
    const { selectionStart, selectionEnd } = phone;
    insert("", selectionStart === selectionEnd ? Math.max(selectionStart - 1, 0) : selectionStart);
  });
  erase.dataset.tLabel = "kiosk.who.delete";
  const digit = (text) => button(text, () => insert(text));
  element("keypad").replaceChildren(..."123456789+0".split("").map(digit), erase);
}

async function speak(code) {
  await useLanguage(code);
  document.title = t("kiosk.title");
  fillDate();
  for (const [id, make] of told) tell(id, make);
  showState();
  for (const button of element("languages").children) {
    button.setAttribute("aria-pressed", String(button.lang === language));
  }
}

async function fillLanguages() {
  const buttons = Object.entries(await languages()).map(([code, name]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = code;
    button.textContent = name;
    button.addEventListener("click", async () => {
      await speak(code);
      wake();
    });
    return button;
  });
  element("languages").replaceChildren(...buttons);
}

async function pairKiosk() {
  show("pairing");
  await pair(clinic, "KIOSK", (code) => { element("code").textContent = code; });
  show("start");
}

// Start

for (const [id, wantsAppointment] of [["with-appointment", true], ["without-appointment", false]]) {
  element(id).addEventListener("click", () => {
    visit = newVisit(wantsAppointment);
    show("who");
  });
}
element("who-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const who = identified();
  if (who) act(() => identify(who));
});
element("check-in").addEventListener("click", () => act(checkIn));
element("walk-in").addEventListener("click", () => act(walkIn));
element("register-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = element("name").value.trim();
  mark("name", name);
  if (!name) problem("kiosk.register.name_missing");
  else act(() => register(name));
});
element("print").addEventListener("click", print);
element("finish").addEventListener("click", startOver);
for (const event of ["click", "close"]) element("still-there").addEventListener(event, () => wake());
for (const back of document.querySelectorAll(".back")) back.addEventListener("click", startOver);
for (const event of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(event, ({ target }) => {
    // The question goes with its click: a touch must not end on what lies below.
    if (!element("still-there").contains(target)) wake();
  });
}
for (const event of ["state", "current"]) clinic.addEventListener(event, showState);
setInterval(() => {
  if (clinic.user && clinic.state === "live") clinic.call("system.stats").catch(() => {});
}, CHECK * 1000);
clinic.addEventListener("clinic", ({ detail }) => {
  useZone(detail.time_zone);
  element("clinic").textContent = detail.clinic;
  askTime().then(() => {
    if (element("year").options[1]?.value !== String(now().getFullYear())) fillDate();
  });
});

fillKeypad();
await fillLanguages();
await speak();
usual = language;
readLanguages();
clinic.addEventListener("state", () => {
  if (clinic.state !== "refused") return;
  startOver();
  pairKiosk();
});
if (clinic.tokens.refreshToken) show("start");
else pairKiosk();
