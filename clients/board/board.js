import { pair } from "/shared/pairing.js";
import { Clinic, lasting, TokenStore } from "/shared/rpc.js";
import { askTime, date, now, number, t, time, useLanguage, useZone } from "/shared/i18n.js";
import { announce, checkCalls, soundIsLocked, unlockSound } from "./announcer.js";

const element = (id) => document.getElementById(id);
const clinic = new Clinic({ tokens: new TokenStore("board") });

/** Seconds that a token stays marked after its call. */
const NEW = 30;

/** The number alone: the date of a token is today's for everybody who waits. */
const short = (token) => token.split("-").pop();

// The queue

let today = null;
/** The items of those who are being served, by who is called where. One that is called to another room is a new one. */
const serving = new Map();

function show(change) {
  // What was called before this board looked is not called again.
  const isKnown = today === change.date || change.kind !== "snapshot";
  today = change.date ?? today;
  if (!change.board) return;
  drawServing(change.board.serving, isKnown);
  drawNext(change.board);
}

function drawServing(tokens, callsNew) {
  const items = tokens.map((token) => {
    const key = [token.token, token.room ?? token.doctor_label].join();
    const item = serving.get(key) ?? itemOf(token);
    if (serving.has(key)) item.querySelector(".doctor").replaceWith(doctorOf(token));
    else if (callsNew) call(token, item, () => !element("board").hidden && serving.get(key) === item);
    return [key, item];
  });
  serving.clear();
  for (const [key, item] of items) serving.set(key, item);
  checkCalls();
  const list = element("serving");
  list.classList.toggle("few", tokens.length <= 3);
  list.classList.toggle("long", tokens.some(isLong));
  const isSame = items.length === list.children.length && items.every(([, item], at) => item === list.children[at]);
  if (!isSame) list.replaceChildren(...serving.values());
  element("nobody").hidden = tokens.length > 0;
}

function itemOf(token) {
  const item = document.createElement("li");
  const place = part("div", "place", "");
  const where = part("div", "where", "");
  where.append(fitted("room", token.room ?? ""), doctorOf(token));
  place.append(part("div", "token", short(token.token)), where);
  item.append(place);
  return item;
}

/** It changes when the name is corrected, which calls nobody again. */
const doctorOf = (token) => fitted("doctor", token.doctor_label ?? "");

/** Whether a token's texts need more room than there is beside a large number. */
const isLong = ({ room, doctor_label }) => (room ?? "").length > 12 || letters(doctor_label ?? "") > 18;

/** A text that the style sheet writes as small as its letters need. */
function fitted(className, text) {
  const made = part("div", className, text);
  made.style.setProperty("--letters", letters(text));
  // Its end is cut off, also when the page is written the other way.
  made.dir = "auto";
  return made;
}

/** The letters of the longer line of a text that is written in two if it is not short. */
function letters(text) {
  if (text.length <= 12) return text.length;
  const lines = [...text.matchAll(/\s/g)].map(({ index }) => Math.max(index, text.length - index - 1));
  return Math.min(text.length, ...lines);
}

function call(token, item, isStill) {
  item.className = "new";
  setTimeout(() => { item.className = ""; }, NEW * 1000);
  announce({ token: short(token.token), where: token.room ?? token.doctor_label ?? "", isStill }, showCall);
}

function drawNext(board) {
  element("next").replaceChildren(...board.next.map((token) => part("li", "", short(token.token))));
  element("waiting").textContent = number(board.waiting);
  const minutes = board.estimated_wait_minutes;
  element("estimate-part").hidden = minutes == null;
  element("estimate").textContent = minutes == null ? "" : t("board.minutes", { n: number(minutes) });
}

/** Shows a call over everything; with `null` takes it away. */
function showCall(call) {
  element("call").hidden = !call;
  if (!call) return;
  element("call-token").textContent = call.token;
  element("call-where").textContent = call.where;
  element("call-where").style.setProperty("--letters", letters(call.where));
}

function part(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

// Whether it is live

const lasts = lasting(showState);

function showState() {
  // A board that is not paired follows nothing yet.
  const isLost = lasts(element("board").hidden ? clinic.state === "lost" : !clinic.isCurrent);
  document.body.classList.toggle("lost", isLost);
  element("lost").hidden = !isLost;
}

let tickTimer = 0;

function tick() {
  clearTimeout(tickTimer);
  const instant = now();
  element("time").textContent = time(instant);
  element("date").textContent = date(instant);
  tickTimer = setTimeout(tick, 1000 - instant.getMilliseconds());
}

// Pairing

function showBoard(isPaired) {
  element("board").hidden = !isPaired;
  element("pairing").hidden = isPaired;
  checkCalls();
  showState();
}

async function pairBoard() {
  showBoard(false);
  await pair(clinic, "DISPLAY", (code) => { element("code").textContent = code; });
  showBoard(true);
}

// Start

clinic.addEventListener("clinic", ({ detail }) => {
  useZone(detail.time_zone);
  element("clinic").textContent = detail.clinic;
  element("clinic").hidden = false;
  askTime().then(tick);
});
await useLanguage();
document.title = t("board.title");
tick();
for (const event of ["state", "current"]) clinic.addEventListener(event, showState);
clinic.addEventListener("state", () => { if (clinic.state === "refused") pairBoard(); });
setInterval(askTime, 3_600_000);
clinic.follow({}, show);
if (clinic.tokens.refreshToken) showBoard(true);
else pairBoard();

const unlock = () => {
  unlockSound();
  element("sound").hidden = true;
};
element("sound").hidden = !soundIsLocked();
document.addEventListener("pointerdown", unlock, { once: true });
document.addEventListener("keydown", unlock, { once: true });
