// Small things that the desk's parts share.

import { explain, t } from "/shared/i18n.js";

export const element = (id) => document.getElementById(id);

/**
 * Runs what somebody asked for. A failure is told in words, in the dialog that is open or on the page, and
 * `after` sees to what it left.
 */
export async function run(work, after = null) {
  for (const problem of document.querySelectorAll(".problem")) problem.textContent = "";
  try {
    await work();
  } catch (error) {
    const problem = document.querySelector("dialog[open] .problem") ?? element("problem");
    problem.textContent = explain(error);
    await after?.();
  }
}

/** Buttons of `[key, work]` pairs. */
export function buttons(actions) {
  const row = document.createElement("div");
  row.className = "actions";
  row.append(...actions.map(([key, work]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = t(key);
    button.addEventListener("click", () => run(work));
    return button;
  }));
  return row;
}

/** An item of a list: a title, small print, buttons. */
export function item(title, details, actions) {
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
  made.append(text, buttons(actions));
  return made;
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
