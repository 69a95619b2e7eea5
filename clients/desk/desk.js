import { clock, day, keepLanguage, language, languages, t, useLanguage, useZone } from "/shared/i18n.js";
import { Clinic, isPassing, lasting, newKey, TokenStore } from "/shared/rpc.js";
import { forgetCopy } from "/shared/tab.js";
import { QueueTable } from "./queue.js";
import {
  answer, ask, complain, connected, element, fill, forgetWork, item, newest, patiently, run, tell,
} from "./ui.js";

/** For whom the desk is. */
const ROLES = ["RECEPTION", "DOCTOR", "ADMIN"];
/** Seconds after which is asked for what no subscription tells. */
const LOOK = 30;

// A tab has its own login, which ends with it.
const tokens = new TokenStore("desk", sessionStorage);
const [isCopy] = await Promise.all([forgetCopy(tokens), useLanguage()]);
const clinic = new Clinic({ tokens });

const call = (method, params, options) => answer(clinic.call(method, params, options));

/** Seconds after a failure in which the same wish is the same: later it is a new one. */
const REPEAT = 900;
const keys = new Map();

function keyOf(wish, method, params) {
  const known = keys.get(wish);
  if (known && performance.now() - known.since < REPEAT * 1000) return known.key;
  const key = newKey();
  keys.set(wish, { key, method, params, since: performance.now() });
  return key;
}

/** Who sees what became of a wish asks for something new: it may have been undone meanwhile. */
function forgetWishes(isSeen) {
  for (const [wish, { method, params }] of keys) if (isSeen(method, params)) keys.delete(wish);
}

/** One key for one wish: who asks again after a lost answer gets what was done. */
async function write(method, params) {
  const wish = method + JSON.stringify(params);
  const key = keyOf(wish, method, params);
  try {
    const done = await answer(patiently(clinic.call(method, params, { repeat: 30, key })));
    keys.delete(wish);
    return done;
  } catch (error) {
    if (error.name === "ConnectionLost") error.reason = "outcome_unknown";
    const kept = keys.get(wish);
    if (!isPassing(error)) keys.delete(wish);
    else if (kept) kept.since = performance.now();
    throw error;
  }
}

/** Waits for a look at what was done: that it fails is no failure of what was done. */
const afterwards = (look) => look.catch(() => {});

/** All items of a list, page by page. */
async function all(method, params) {
  const items = [];
  for (let cursor; cursor !== null;) {
    const page = await call(method, { ...params, limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

let doctors = [];
const isDoctor = () => clinic.user?.role === "DOCTOR";
const chosenDoctor = () => (isDoctor() ? clinic.user.id : Number(element("doctor").value) || undefined);
const queue = new QueueTable(write, () => doctors, chosenDoctor);

// Who works here

/** Who worked here last, and finds again what he or she has typed. */
let last = null;

function enter() {
  if (!ROLES.includes(clinic.user.role)) {
    clinic.logout().catch(() => {});
    return complain(t("desk.wrong_role"));
  }
  if (last !== clinic.user.id) wipe();
  last = clinic.user.id;
  element("login").hidden = true;
  element("desk").hidden = false;
  element("logout").hidden = false;
  element("user").textContent = clinic.user.full_name;
  element("devices-part").hidden = isDoctor();
  follow();
  if (clinic.state === "live") refresh();
  run(search);
  element("search").focus();
}

function leave() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  forgetWork();
  unfollow?.();
  unfollow = null;
  element("desk").hidden = true;
  element("logout").hidden = true;
  element("login").hidden = false;
  element("user").textContent = "";
  queue.forget();
  for (const id of ["patients", "appointments", "slots"]) element(id).replaceChildren();
  for (const id of ["patients-none", "patients-more", "appointments-empty", "slots-empty"]) element(id).hidden = true;
  if (clinic.refusal) complain(t("desk.ended"));
  element("username").focus();
}

/** Leaves nothing of one person to the next one. */
function wipe() {
  last = null;
  booked = null;
  keys.clear();
  for (const form of document.forms) if (form.id !== "login-form") form.reset();
  for (const id of ["register", "devices-part"]) element(id).open = false;
  element("booking-patient").textContent = "";
  element("doctor").value = "";
  element("all").checked = false;
  queue.showAll(false);
}

// What no subscription tells

/** What fails is made up for by the next look. */
const refresh = () => Promise.all([loadDoctors(), showAppointments()]).catch(() => {});

async function loadDoctors() {
  const isNewest = newest("doctors");
  const everybody = await all("doctors.list", {});
  if (!isNewest()) return;
  doctors = everybody;
  offerDoctors();
  queue.draw();
}

function offerDoctors() {
  const options = doctors.map(({ id, name, room }) => [String(id), [name, room].filter(Boolean).join(", ")]);
  offer("booking-doctor", options);
  offer("doctor", isDoctor()
    ? options.filter(([id]) => Number(id) === clinic.user.id)
    : [["", t("desk.all_doctors")], ...options]);
  if (unfollow && followed !== chosenDoctor()) follow();
}

/** What is chosen stays, and a list that is open is left alone when nothing is new. */
function offer(id, options) {
  const list = element(id);
  const chosen = list.value;
  if (JSON.stringify(options) === JSON.stringify([...list.options].map((each) => [each.value, each.text]))) return;
  list.replaceChildren(...options.map(([value, text]) => new Option(text, value, false, value === chosen)));
}

// The queue

let unfollow = null;
let followed;

function follow() {
  unfollow?.();
  queue.forget();
  followed = chosenDoctor();
  unfollow = clinic.follow(followed ? { doctor_id: followed } : {}, (change) => {
    forgetWishes((method, params) => (/^queue\.(walk_in|check_in)$/.test(method)
      ? change.tokens?.some((token) =>
        token.patient_id === params.patient_id || token.appointment_id === params.appointment_id)
      : method.startsWith("queue.")));
    queue.take(change);
    refreshAppointments();
    const isUnknown = ({ doctor_id: id }) => id && !doctors.some((doctor) => doctor.id === id);
    if (change.tokens?.some(isUnknown)) loadDoctors().catch(() => {});
  });
}

async function callNext() {
  let doctor = chosenDoctor();
  if (!doctor) {
    doctor = await ask(t("desk.which_doctor"), doctors.map((each) => [each.id, each.name]));
    if (!doctor) return;
  }
  await write("queue.call_next", { doctor_id: Number(doctor) });
}

// Patients

async function search() {
  const isNewest = newest("patients");
  const words = element("search").value.trim();
  const { items, next_cursor: more } = words
    ? await call("patients.list", { search: words, limit: 25 }) : { items: [] };
  if (!isNewest()) return;
  element("patients-none").hidden = !words || items.length > 0;
  element("patients-more").hidden = !more;
  fill(element("patients"), items.map((patient) => ({
    key: patient.id,
    data: patient,
    make: () => item(patient.name, [patient.phone, patient.date_of_birth && day(patient.date_of_birth)], [
      ["desk.walk_in", () => walkIn(patient)],
      ["desk.book_short", () => book(patient)],
    ], { name: `patient ${patient.id}` }),
  })));
}

async function walkIn(patient) {
  const token = await write("queue.walk_in", { patient_id: patient.id, doctor_id: chosenDoctor() });
  tell(t("desk.has_token", { name: patient.name, token: token.token.split("-").pop() }));
}

async function register() {
  const value = (id) => element(id).value.trim() || undefined;
  const patient = await write("patients.create", {
    name: value("name"), phone: value("phone"), date_of_birth: value("born"), sex: value("sex"),
  });
  element("register-form").reset();
  if (element("register").contains(document.activeElement)) element("register").firstElementChild.focus();
  element("register").open = false;
  const twins = patient.possible_duplicates.map((twin) => twin.name).join(", ");
  tell(t("desk.registered", { name: patient.name }) + (twins ? ` ${t("desk.duplicates", { names: twins })}` : ""));
  element("search").value = patient.name;
  await afterwards(search());
}

// Appointments

let refreshing = 0;

/** The queue moves appointments too: a look a moment later, once for a burst of changes. */
function refreshAppointments() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => clinic.user && showAppointments().catch(() => {}), 500);
}

async function showAppointments() {
  const isNewest = newest("appointments");
  const { today } = await call("system.stats");
  const lists = await Promise.all(["SCHEDULED", "CHECKED_IN"].map((status) =>
    all("appointments.list", { date: today, doctor_id: chosenDoctor(), status })));
  if (!isNewest()) return;
  const open = lists.flat().sort((a, b) => a.start_time.localeCompare(b.start_time) || a.id - b.id);
  element("appointments-empty").hidden = open.length > 0;
  fill(element("appointments"), open.map((each) => ({
    key: each.id,
    data: each,
    make: () => item(
      `${clock(each.start_time)} ${each.patient_name}`, [each.doctor_name, t(`desk.statuses.${each.status}`)],
      each.status !== "SCHEDULED" ? [] : [
        ...(isDoctor() ? [] : [["desk.check_in", () => checkIn(each)]]),
        ["desk.no_show", () => change("appointments.mark_no_show", each)],
        ["desk.cancel", () => change("appointments.cancel", each)],
      ],
      { name: `appointment ${each.id}`, after: showAppointments }),
  })));
}

async function checkIn(appointment) {
  await write("queue.check_in", { appointment_id: appointment.id });
  await afterwards(showAppointments());
}

async function change(method, appointment) {
  await write(method, { id: appointment.id, version: appointment.version });
  await afterwards(showAppointments());
}

let booked = null;

async function book(patient) {
  const isNewest = newest("booking");
  const { today } = await call("system.stats");
  if (!isNewest()) return;
  booked = patient;
  element("booking-patient").textContent = patient.name;
  if (element("booking-date").value < today) element("booking-date").value = today;
  element("booking-date").min = today;
  if (chosenDoctor()) element("booking-doctor").value = chosenDoctor();
  element("booking").showModal();
  await showOtherSlots();
}

/** The times of what was chosen before cannot be booked any more. */
function showOtherSlots() {
  element("slots").replaceChildren();
  element("slots-empty").hidden = true;
  return showSlots();
}

async function showSlots() {
  const isNewest = newest("slots");
  const date = element("booking-date").value;
  const doctor = Number(element("booking-doctor").value);
  const items = date && doctor
    ? await all("slots.list", { doctor_id: doctor, from: date, to: date, available: true }) : [];
  if (!isNewest()) return;
  // A time that is free was not booked, or is free again.
  forgetWishes((method, params) =>
    method === "appointments.create" && items.some((slot) => slot.id === params.slot_id));
  element("slots-empty").hidden = !date || items.length > 0;
  fill(element("slots"), items.map((slot) => ({
    key: slot.id,
    data: slot,
    make: () => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = clock(slot.start_time);
      button.addEventListener("click", () =>
        run(() => take(slot, date, booked), { name: "booking", after: showSlots }));
      return button;
    },
  })));
}

async function take(slot, date, patient) {
  await write("appointments.create", { patient_id: patient.id, slot_id: slot.id });
  // Meanwhile it may have been closed, and opened for somebody else.
  if (booked === patient) element("booking").close();
  const doctor = doctors.find((each) => each.id === slot.doctor_id)?.name;
  tell(t("desk.booked", { name: patient.name, doctor, time: `${day(date)}, ${clock(slot.start_time)}` }));
  await afterwards(showAppointments());
}

// Devices

async function approve() {
  const device = await write("devices.approve", {
    code: element("code").value, name: element("device-name").value.trim() || undefined,
  });
  element("device-form").reset();
  tell(t("desk.approved", { name: device.name }));
}

// Start

const lasts = lasting(showState);

function showState() {
  const isAway = !clinic.isCurrent && clinic.state !== "refused";
  // A connection that is nobody's is closed now and then.
  const isLost = lasts(isAway) || isAway && clinic.user;
  if (isAway && !isLost) return;
  element("state").textContent = isLost ? t("errors.connection") : t("desk.live");
  element("state").className = isLost ? "lost" : "";
  if (!isLost) connected();
}

async function showLanguages() {
  document.title = t("desk.title");
  showState();
  const names = Object.entries(await languages());
  element("language").replaceChildren(...names.map(([code, name]) => new Option(name, code)));
  element("language").value = language;
}

const on = (id, event, work) => element(id).addEventListener(event, (happened) => {
  if (event === "submit") happened.preventDefault();
  run(work);
});

/** What is done once at a time. */
function once(id, event, work) {
  element(id).dataset.once = id;
  element(id).addEventListener(event, (happened) => {
    happened.preventDefault();
    run(work, { name: id });
  });
}

once("login-form", "submit", async () => {
  await patiently(clinic.login(element("username").value, element("password").value));
  element("login-form").reset();
});
once("call-next", "click", callNext);
once("register-form", "submit", register);
once("device-form", "submit", approve);
on("logout", "click", () => {
  wipe();
  return clinic.logout();
});
on("doctor", "change", async () => { follow(); await showAppointments(); });
on("search-form", "submit", search);
on("search", "input", search);
on("booking-doctor", "change", showOtherSlots);
on("booking-date", "change", showOtherSlots);
on("booking-form", "submit", showSlots);
element("all").addEventListener("change", () => queue.showAll(element("all").checked));
element("language").addEventListener("change", async () => {
  await keepLanguage(element("language").value);
  await showLanguages();
  if (!clinic.user) return;
  offerDoctors();
  queue.draw();
  run(() => Promise.all([showAppointments(), search()]));
});
clinic.addEventListener("login", ({ detail }) => (detail ? element("desk").hidden && enter() : leave()));
for (const event of ["state", "current"]) clinic.addEventListener(event, showState);
clinic.addEventListener("state", ({ detail }) => {
  if (detail !== "live" || !clinic.user) return;
  refresh();
  search().catch(() => {});
});
setInterval(() => { if (clinic.user) refresh(); }, LOOK * 1000);
clinic.addEventListener("clinic", ({ detail }) => {
  useZone(detail.time_zone);
  queue.orderBy(detail.appointments_by);
  element("clinic").textContent = detail.clinic;
});

await showLanguages();
queue.showAll(false);
if (!clinic.tokens.refreshToken) leave();
if (isCopy) complain(t("desk.copied"));
