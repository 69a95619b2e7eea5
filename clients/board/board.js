import { pair } from "/shared/pairing.js";
import { Clinic, TokenStore } from "/shared/rpc.js";
import { date, number, t, time, useLanguage } from "/shared/i18n.js";
import { announce, soundIsLocked, unlockSound } from "./announcer.js";

const element = (id) => document.getElementById(id);
const clinic = new Clinic({ tokens: new TokenStore("board") });

/** The number alone: the date of a token is today's for everybody who waits. */
const short = (token) => token.split("-").pop();

let today = null;
/** When each doctor's token was called; what is new is announced once. */
let serving = new Map();

// The queue

function show(change) {
  const isFirst = today !== change.date && change.kind === "snapshot";
  if (change.date) today = change.date;
  if (!change.board) return;
  drawServing(change.board.serving, isFirst);
  drawNext(change.board);
}

function drawServing(tokens, isFirst) {
  const list = element("serving");
  const before = serving;
  serving = new Map(tokens.map((token) => [token.token, token]));
  list.className = tokens.length <= 3 ? "few" : "";
  list.replaceChildren(...tokens.map((token) => {
    const item = document.createElement("li");
    const isNew = !isFirst && !before.has(token.token);
    item.className = isNew ? "new" : "";
    const where = part("div", "where", "");
    where.append(part("div", "room", token.room ?? ""), part("div", "doctor", token.doctor_label ?? ""));
    item.append(part("div", "token", short(token.token)), where);
    if (isNew) {
      setTimeout(() => { item.className = ""; }, 30_000);
      announce({ token: short(token.token), where: token.room ?? token.doctor_label ?? "" }, showCall);
    }
    return item;
  }));
  element("nobody").hidden = tokens.length > 0;
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
}

function part(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

// Whether it is live

let lostTimer = null;

function showState() {
  const isLive = clinic.state === "live";
  clearTimeout(lostTimer);
  if (isLive) setLost(false);
  // A restart of the daemon takes a moment; nobody needs to know.
  else lostTimer = setTimeout(() => setLost(true), 3000);
}

function setLost(isLost) {
  document.body.classList.toggle("lost", isLost && !element("board").hidden);
  element("lost").hidden = !isLost || element("board").hidden;
}

function tick() {
  const now = new Date();
  element("time").textContent = time(now);
  element("date").textContent = date(now);
  setTimeout(tick, 1000 - now.getMilliseconds());
}

// Pairing

function showBoard(isPaired) {
  element("board").hidden = !isPaired;
  element("pairing").hidden = isPaired;
  showState();
}

async function pairBoard() {
  showBoard(false);
  await pair(clinic, "DISPLAY", (code) => { element("code").textContent = code; });
  showBoard(true);
}

// Start

await useLanguage();
document.title = t("board.title");
tick();
clinic.addEventListener("state", () => {
  showState();
  if (clinic.state === "refused") pairBoard();
});
clinic.follow({}, show);
if (clinic.tokens.refreshToken) showBoard(true);
else pairBoard();

element("sound").hidden = !soundIsLocked();
element("sound").addEventListener("click", () => {
  unlockSound();
  element("sound").hidden = true;
});
document.addEventListener("pointerdown", () => {
  unlockSound();
  element("sound").hidden = true;
}, { once: true });
