// The words of a page, in the reader's language. A language is a file in lang/; `languages.json` there
// names them.

let words = {};
let fallback = {};
let zone;
export let language = "en";

const files = new Map();

/**
 * Reads a file once, asking again and again while the network or the daemon is away: a proxy's answer is none.
 * Null when it is missing or broken.
 */
async function read(name) {
  for (;;) {
    if (files.has(name)) return files.get(name);
    try {
      const reply = await fetch(`/shared/lang/${name}.json`);
      const text = await reply.text();
      if ([404, 410].includes(reply.status)) return null;
      if (reply.ok && /json/.test(reply.headers.get("content-type"))) {
        const file = parsed(text);
        if (file) files.set(name, file);
        return file;
      }
    } catch {
      // It is asked for once more.
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const languages = async () => await read("languages") ?? { en: "English" };

/** Reads all languages, so that a change of language needs no network. */
export const readLanguages = async () => Promise.all(Object.keys(await languages()).map(read));

let changes = 0;

/** Loads a language: the named one, `?lang=`, the one kept on this device, or the browser's. */
export async function useLanguage(wanted) {
  const change = ++changes;
  const known = Object.keys(await languages());
  const asked = [
    wanted, new URLSearchParams(location.search).get("lang"), localStorage.getItem("clinicd.lang"),
    ...navigator.languages,
  ].filter(Boolean).map((code) => code.toLowerCase().split("-")[0]);
  const found = asked.find((code) => known.includes(code)) ?? "en";
  const [english, theirs] = await Promise.all(["en", found].map(read));
  // Whoever asked later has it.
  if (change !== changes) return;
  fallback = english ?? {};
  [words, language] = theirs ? [theirs, found] : [fallback, "en"];
  document.documentElement.lang = language;
  document.documentElement.dir = words.direction ?? "ltr";
  translate(document);
}

export function keepLanguage(code) {
  localStorage.setItem("clinicd.lang", code);
  return useLanguage(code);
}

const find = (key) => {
  const inside = (table) => key.split(".").reduce((table, part) => table?.[part], table);
  return inside(words) ?? inside(fallback);
};

/** The text of a key, `{name}` replaced by `values.name`. */
export const t = (key, values = {}) =>
  (find(key) ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** What to tell somebody about an error: words for its reason, never its code. */
export function explain(error) {
  const data = error.data ?? {};
  const key = [
    data.field && `field_${data.field}`,
    data.resource && `${error.reason}_${data.resource}`,
    error.reason,
    error.name === "ConnectionLost" && "connection",
    "other",
  ].find((name) => name && find(`errors.${name}`));
  const isInstant = (value) => /^\d{4}-\d\d-\d\dT/.test(value);
  return t(`errors.${key}`, Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, isInstant(value) ? time(new Date(value)) : value])));
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

// Numbers and times

let offset = null;

/** This instant by the daemon's clock, since `askTime` has asked for it: a device's own may be wrong, and be set meanwhile. */
export const now = () => new Date(offset === null ? Date.now() : offset + performance.now());

export async function askTime() {
  const reply = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  const told = Date.parse(reply?.headers.get("Date"));
  if (told) offset = told - performance.now();
}

/** Takes the clinic's zone, which days and clocks go by; one that the browser does not know is left out. */
export function useZone(name) {
  try {
    new Intl.DateTimeFormat(language, { timeZone: name });
    zone = name;
  } catch {
    zone = undefined;
  }
}

const format = (instant, options) =>
  new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(instant);

export const number = (value) => new Intl.NumberFormat(language).format(value);
export const time = (instant) => format(instant, { hour: "numeric", minute: "2-digit" });
export const date = (instant) => format(instant, { weekday: "long", day: "numeric", month: "long" });

/** A time of a day as the clinic writes it, such as `16:45`. */
export const clock = (text) =>
  format(new Date(`1970-01-01T${text}Z`), { timeZone: "UTC", hour: "numeric", minute: "2-digit" });

/** A day as the clinic writes it, such as `2026-01-31`. */
export const day = (text) => format(new Date(`${text}T00:00Z`), { timeZone: "UTC", dateStyle: "medium" });
