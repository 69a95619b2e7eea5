// Today's queue as a table, kept by what the subscription brings.

import { number, t, time } from "/shared/i18n.js";
import { ask, buttons, element } from "./ui.js";

const ORDER = { WITH_DOCTOR: 0, WAITING: 1, SKIPPED: 2, COMPLETED: 3, CANCELLED: 3, NO_SHOW: 3 };
const isFinal = (token) => ORDER[token.status] === 3;

export class QueueTable {
  #tokens = new Map();
  #next = [];
  #all = false;
  #write;
  #doctors;

  /** - write: calls a method that writes. - doctors: gives those who work now. */
  constructor(write, doctors) {
    this.#write = write;
    this.#doctors = doctors;
  }

  take(change) {
    if (change.kind === "snapshot") this.#tokens.clear();
    for (const token of change.tokens ?? []) this.#tokens.set(token.token, token);
    if (change.board) this.#next = change.board.next.map((token) => token.token);
    this.draw();
  }

  showAll(all) {
    this.#all = all;
    this.draw();
  }

  draw() {
    const tokens = [...this.#tokens.values()].sort((a, b) => this.#place(a) - this.#place(b) || a.number - b.number);
    const shown = tokens.filter((token) => this.#all || !isFinal(token));
    element("queue").replaceChildren(...shown.map((token) => this.#row(token)));
    element("queue-empty").hidden = shown.length > 0;
    for (const status of ["WAITING", "WITH_DOCTOR", "COMPLETED"]) {
      element(`count-${status}`).textContent = number(tokens.filter((token) => token.status === status).length);
    }
  }

  /** By status; who waits, in the order that the daemon tells. */
  #place(token) {
    const next = this.#next.indexOf(token.token);
    return ORDER[token.status] * 1000 + (token.status === "WAITING" ? (next < 0 ? 999 : next) : 0);
  }

  #row(token) {
    const row = document.createElement("tr");
    row.className = isFinal(token) ? "final" : token.status;
    const cell = (text, detail = "") => {
      const made = row.insertCell();
      made.textContent = text;
      const small = document.createElement("small");
      small.textContent = detail;
      made.append(small);
      return made;
    };
    cell(token.token.split("-").pop()).className = "token";
    const doctor = this.#doctors().find((each) => each.id === token.doctor_id);
    const name = cell(token.patient_name, doctor?.name);
    if (token.priority !== "ROUTINE") {
      const mark = document.createElement("span");
      mark.className = `priority ${token.priority}`;
      mark.textContent = t(`desk.priorities.${token.priority}`);
      name.lastChild.before(mark);
    }
    cell(t(`desk.statuses.${token.status}`), time(new Date(token.ended_at ?? token.called_at ?? token.arrived_at)));
    row.insertCell().append(buttons(this.#actions(token)));
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
    const chosen = Number(element("doctor").value) || token.doctor_id;
    const doctor = chosen
      || await ask(t("desk.which_doctor"), this.#doctors().map((each) => [each.id, each.name]));
    if (doctor) await this.#write("queue.set_status", { ...params, doctor_id: Number(doctor) });
  }
}
