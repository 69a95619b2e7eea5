// Today's queue as a table, kept by what the subscription brings.

import { number, t, time } from "/shared/i18n.js";
import { ask, buttons, element, fill } from "./ui.js";

const ORDER = { WITH_DOCTOR: 0, WAITING: 1, SKIPPED: 2, COMPLETED: 3, CANCELLED: 3, NO_SHOW: 3 };
const PRIORITIES = ["EMERGENCY", "URGENT", "ROUTINE"];
const isFinal = (token) => ORDER[token.status] === 3;

export class QueueTable {
  #tokens = null;
  #next = [];
  #all = false;
  #bySlot = false;
  #write;
  #doctors;
  #chosen;

  /** - write: calls a method that writes. - doctors: gives those who work now. - chosen: gives the one who is shown. */
  constructor(write, doctors, chosen) {
    this.#write = write;
    this.#doctors = doctors;
    this.#chosen = chosen;
  }

  take(change) {
    if (change.kind === "snapshot") this.#tokens = new Map();
    const chosen = this.#chosen();
    for (const token of change.tokens ?? []) {
      // Another doctor's now: it has left the queue that is shown.
      if (chosen && token.doctor_id && token.doctor_id !== chosen) this.#tokens.delete(token.token);
      else this.#tokens.set(token.token, token);
    }
    if (change.board) this.#next = change.board.next.map((token) => token.token);
    this.draw();
  }

  /** Shows nothing until the next snapshot. */
  forget() {
    this.#tokens = null;
    this.draw();
  }

  /** Takes the clinic's rule (`arrival` or `slot`) for the place of those who have an appointment. */
  orderBy(rule) {
    this.#bySlot = rule === "slot";
    this.draw();
  }

  showAll(all) {
    this.#all = all;
    this.draw();
  }

  draw() {
    const places = new Map([...this.#tokens?.values() ?? []].map((token) => [token, this.#place(token)]));
    const tokens = [...places.keys()].sort((a, b) => compare(places.get(a), places.get(b)));
    const shown = tokens.filter((token) => this.#all || !isFinal(token));
    fill(element("queue"), shown.map((token) => {
      const doctor = this.#doctors().find((each) => each.id === token.doctor_id)?.name;
      return { key: token.token, data: [token, doctor], make: () => this.#row(token, doctor) };
    }));
    element("queue-empty").hidden = !this.#tokens || shown.length > 0;
    for (const status of ["WAITING", "WITH_DOCTOR", "COMPLETED"]) {
      element(`count-${status}`).textContent = this.#tokens
        ? number(tokens.filter((token) => token.status === status).length) : "";
    }
  }

  /** By status; who waits, in the order that the daemon tells. It tells the first: the others stand by its rules. */
  #place(token) {
    if (token.status !== "WAITING") return [ORDER[token.status], token.number];
    const next = this.#next.indexOf(token.token);
    const calls = token.calls_to_wait;
    const since = this.#bySlot ? token.due_at ?? token.arrived_at : token.arrived_at;
    return [
      ORDER.WAITING, next < 0 ? Infinity : next,
      calls === null ? 1 : calls && 2, calls === null ? PRIORITIES.indexOf(token.priority) : 0,
      Date.parse(since), token.number,
    ];
  }

  #row(token, doctor) {
    const row = document.createElement("tr");
    // On a small screen it is laid out otherwise, and stays a row of a table.
    row.role = "row";
    row.className = isFinal(token) ? "final" : token.status;
    const cell = (text, detail = "") => {
      const made = row.insertCell();
      made.role = "cell";
      made.textContent = text;
      const small = document.createElement("small");
      small.textContent = detail;
      made.append(small);
      return made;
    };
    cell(token.token.split("-").pop()).className = "token";
    const name = cell(token.patient_name, doctor);
    if (token.priority !== "ROUTINE") {
      const mark = document.createElement("span");
      mark.className = `priority ${token.priority}`;
      mark.textContent = t(`desk.priorities.${token.priority}`);
      name.lastChild.before(mark);
    }
    cell(t(`desk.statuses.${token.status}`), time(new Date(token.ended_at ?? token.called_at ?? token.arrived_at)));
    cell("").replaceChildren(buttons(this.#actions(token), { name: token.token }));
    return row;
  }

  #actions(token) {
    const to = (status) => () => this.#write("queue.set_status", { token: token.token, status });
    const transfer = async () => {
      const others = this.#doctors().filter((doctor) => doctor.id !== token.doctor_id);
      const doctor = await ask(t("desk.which_doctor"), others.map((each) => [each.id, each.name]));
      if (doctor) await this.#write("queue.transfer", { token: token.token, doctor_id: Number(doctor) });
    };
    const priority = async () => {
      const levels = ["ROUTINE", "URGENT", "EMERGENCY"].map((level) => [level, t(`desk.priorities.${level}`)]);
      const chosen = await ask(t("desk.which_priority"), levels);
      if (chosen) await this.#write("queue.set_priority", { token: token.token, priority: chosen });
    };
    const undo = async () => {
      const reason = await ask(t("desk.why"));
      if (reason) await this.#write("queue.undo", { token: token.token, reason });
    };
    switch (token.status) {
      case "WAITING":
        return [["desk.call", () => this.#call(token)], ["desk.skip", to("SKIPPED")], ["desk.transfer", transfer],
          ["desk.priority", priority], ["desk.cancel", to("CANCELLED")]];
      case "WITH_DOCTOR":
        return [["desk.complete", to("COMPLETED")], ["desk.put_back", to("WAITING")], ["desk.transfer", transfer]];
      case "SKIPPED":
        return [["desk.recall", () => this.#write("queue.recall", { token: token.token })],
          ["desk.no_show", to("NO_SHOW")]];
      default:
        return [["desk.undo", undo]];
    }
  }

  async #call(token) {
    const params = { token: token.token, status: "WITH_DOCTOR" };
    const doctors = this.#doctors();
    // A token's own doctor may have left.
    const doctor = this.#chosen() || doctors.find((each) => each.id === token.doctor_id)?.id
      || await ask(t("desk.which_doctor"), doctors.map((each) => [each.id, each.name]));
    if (doctor) await this.#write("queue.set_status", { ...params, doctor_id: Number(doctor) });
  }
}

/** Compares lists of numbers, the first different ones. */
function compare(a, b) {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : a[index] - b[index];
}
