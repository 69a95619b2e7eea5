import { clock, day, keepLanguage, language, languages, t, useLanguage, useZone } from "/shared/i18n.js";
import { Clinic, newKey, TokenStore } from "/shared/rpc.js";
import { QueueTable } from "./queue.js";
import { ask, element, item, run } from "./ui.js";

// A tab has its own login, which ends with it.
const clinic = new Clinic({ tokens: new TokenStore("desk", sessionStorage) });
const write = (method, params) => clinic.call(method, params, { repeat: 30, key: newKey() });

let doctors = [];
let unfollow = null;
const queue = new QueueTable(write, () => doctors);

const isDoctor = () => clinic.user?.role === "DOCTOR";

// Who works here

async function enter() {
  element("login").hidden = true;
  element("desk").hidden = false;
  element("logout").hidden = false;
  element("user").textContent = clinic.user.full_name;
  element("devices-part").hidden = isDoctor();
  await run(async () => {
    doctors = (await clinic.call("doctors.list")).items;
    const option = (doctor) => new Option([doctor.name, doctor.room].filter(Boolean).join(", "), doctor.id);
    const everybody = new Option(t("desk.all_doctors"), "");
    everybody.dataset.t = "desk.all_doctors";
    element("booking-doctor").replaceChildren(...doctors.map(option));
    element("doctor").replaceChildren(...isDoctor()
      ? doctors.filter((doctor) => doctor.id === clinic.user.id).map(option)
      : [everybody, ...doctors.map(option)]);
    follow();
    await Promise.all([showAppointments(), search()]);
  });
}

function leave() {
  unfollow?.();
  unfollow = null;
  element("desk").hidden = true;
  element("logout").hidden = true;
  element("login").hidden = false;
  element("user").textContent = "";
  for (const id of ["queue", "patients", "appointments"]) element(id).replaceChildren();
  element("username").focus();
}

// The queue

const chosenDoctor = () => Number(element("doctor").value) || undefined;

function follow() {
  unfollow?.();
  const doctor = chosenDoctor();
  unfollow = clinic.follow(doctor ? { doctor_id: doctor } : {}, (change) => {
    queue.take(change);
    refreshAppointments();
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
  const words = element("search").value.trim();
  const items = words ? (await clinic.call("patients.list", { search: words, limit: 8 })).items : [];
  // What was typed meanwhile has an answer of its own.
  if (words !== element("search").value.trim()) return;
  element("patients-none").hidden = !words || items.length > 0;
  element("patients").replaceChildren(...items.map((patient) =>
    item(patient.name, [patient.phone, patient.date_of_birth && day(patient.date_of_birth)], [
      ["desk.walk_in", () => walkIn(patient)],
      ["desk.book_short", () => book(patient)],
    ])));
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
  element("register").open = false;
  const twins = patient.possible_duplicates.map((twin) => twin.name).join(", ");
  tell(t("desk.registered", { name: patient.name }) + (twins ? ` ${t("desk.duplicates", { names: twins })}` : ""));
  element("search").value = patient.name;
  await search();
}

function tell(text) {
  element("registered").textContent = text;
}

// Appointments

let refreshing = 0;

/** The queue moves appointments too: a look a moment later, once for a burst of changes. */
function refreshAppointments() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => showAppointments().catch(() => {}), 500);
}

async function showAppointments() {
  const { today } = await clinic.call("system.stats");
  const { items } = await clinic.call("appointments.list", {
    date: today, doctor_id: chosenDoctor(), limit: 200,
  });
  const open = items.filter((each) => ["SCHEDULED", "CHECKED_IN"].includes(each.status));
  element("appointments-empty").hidden = open.length > 0;
  element("appointments").replaceChildren(...open.map((each) =>
    item(`${clock(each.start_time)} ${each.patient_name}`, [each.doctor_name, t(`desk.statuses.${each.status}`)],
      each.status !== "SCHEDULED" ? [] : [
        ...(isDoctor() ? [] : [["desk.check_in", () => checkIn(each)]]),
        ["desk.no_show", () => change("appointments.mark_no_show", each)],
        ["desk.cancel", () => change("appointments.cancel", each)],
      ])));
}

async function checkIn(appointment) {
  await write("queue.check_in", { appointment_id: appointment.id });
  await showAppointments();
}

async function change(method, appointment) {
  await write(method, { id: appointment.id, version: appointment.version });
  await showAppointments();
}

let booked = null;

async function book(patient) {
  booked = patient;
  const { today } = await clinic.call("system.stats");
  element("booking-patient").textContent = patient.name;
  element("booking-date").value ||= today;
  element("booking-date").min = today;
  if (chosenDoctor()) element("booking-doctor").value = chosenDoctor();
  element("booking").showModal();
  await showSlots();
}

async function showSlots() {
  const date = element("booking-date").value;
  const { items } = await clinic.call("slots.list", {
    doctor_id: Number(element("booking-doctor").value), from: date, to: date, available: true, limit: 200,
  });
  element("slots-empty").hidden = items.length > 0;
  element("slots").replaceChildren(...items.map((slot) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = clock(slot.start_time);
    button.addEventListener("click", () => run(async () => {
      await write("appointments.create", { patient_id: booked.id, slot_id: slot.id });
      element("booking").close();
      tell(t("desk.booked", { name: booked.name, time: `${day(date)}, ${clock(slot.start_time)}` }));
      await showAppointments();
    }, showSlots));
    return button;
  }));
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

function showState() {
  const isLost = !clinic.isCurrent && clinic.state !== "refused";
  element("state").textContent = isLost ? t("errors.connection") : t("desk.live");
  element("state").className = isLost ? "lost" : "";
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

on("login-form", "submit", async () => {
  await clinic.login(element("username").value, element("password").value);
  element("login-form").reset();
});
on("logout", "click", () => clinic.logout());
on("doctor", "change", async () => { follow(); await showAppointments(); });
on("call-next", "click", callNext);
on("search-form", "submit", search);
on("search", "input", search);
on("register-form", "submit", register);
on("device-form", "submit", approve);
on("booking-doctor", "change", showSlots);
on("booking-date", "change", showSlots);
element("all").addEventListener("change", () => queue.showAll(element("all").checked));
element("language").addEventListener("change", async () => {
  await keepLanguage(element("language").value);
  await showLanguages();
  queue.draw();
  if (clinic.user) run(() => Promise.all([showAppointments(), search()]));
});
clinic.addEventListener("login", ({ detail }) => (detail ? element("desk").hidden && enter() : leave()));
for (const event of ["state", "current"]) clinic.addEventListener(event, showState);
clinic.addEventListener("clinic", ({ detail }) => {
  useZone(detail.time_zone);
  element("clinic").textContent = detail.clinic;
});

await useLanguage();
await showLanguages();
queue.showAll(false);
if (!clinic.tokens.refreshToken) leave();
