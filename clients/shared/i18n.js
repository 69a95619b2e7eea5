// The words of a page, in the reader's language. A language is a file in lang/; `languages.json` there
// names them.

let words = {};
let fallback = {};
export let language = "en";

const read = async (code) => {
  const reply = await fetch(`/shared/lang/${code}.json`);
  return reply.ok ? reply.json() : null;
};

export const languages = async () => (await fetch("/shared/lang/languages.json")).json();

/** Loads a language: the named one, `?lang=`, the one kept on this device, or the browser's. */
export async function useLanguage(wanted) {
  const known = Object.keys(await languages());
  const asked = [
    wanted, new URLSearchParams(location.search).get("lang"), localStorage.getItem("clinicd.lang"),
    ...navigator.languages,
  ].filter(Boolean).map((code) => code.toLowerCase().split("-")[0]);
  language = asked.find((code) => known.includes(code)) ?? "en";
  if (!Object.keys(fallback).length) fallback = await read("en");
  words = language === "en" ? fallback : await read(language) ?? fallback;
  document.documentElement.lang = language;
  document.documentElement.dir = words.direction ?? "ltr";
  translate(document);
}

export function keepLanguage(code) {
  localStorage.setItem("clinicd.lang", code);
  return useLanguage(code);
}

/** The text of a key, `{name}` replaced by `values.name`. */
export function t(key, values = {}) {
  const find = (table) => key.split(".").reduce((table, part) => table?.[part], table);
  const text = find(words) ?? find(fallback) ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What to tell somebody about an error: words for its reason, never its code. */
export function explain(error) {
  const key = `errors.${error.reason || (error.name === "Error" ? "connection" : "other")}`;
  const text = t(key, error.data ?? {});
  return text === key ? t("errors.other") : text;
}

/** Fills `data-t` elements, and attributes by `data-t-placeholder` and `data-t-label`. */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t);
  }
  for (const element of root.querySelectorAll("[data-t-placeholder]")) {
    element.placeholder = t(element.dataset.tPlaceholder);
  }
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
}

export const number = (value) => new Intl.NumberFormat(language).format(value);

export const time = (instant) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(instant);

export const date = (day) =>
  new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(day);
