// The methods that the reader may use, from `rpc.discover`, to read and to try.

import { explain, t, useLanguage } from "/shared/i18n.js";
import { CallFailed, Clinic, TokenStore } from "/shared/rpc.js";
import { forgetCopy } from "/shared/tab.js";

const element = (id) => document.getElementById(id);
const tokens = new TokenStore("docs", sessionStorage);
const [isCopy] = await Promise.all([forgetCopy(tokens), useLanguage()]);
const clinic = new Clinic({ tokens });

/** Seconds that an answer may take: the daemon ends the longest calls after 600, and all others much sooner. */
const LONGEST = 620;

function made(name, text = "", className = "") {
  const result = document.createElement(name);
  result.textContent = text;
  if (className) result.className = className;
  return result;
}

/** A schema in a few words: `string (date)`, `ROUTINE | URGENT`, `[{id, name}]`. */
export function words(schema) {
  if (!schema) return "any";
  if (schema.anyOf) return schema.anyOf.map(words).join(" | ");
  if (schema.enum) return schema.enum.map((value) => value ?? "null").join(" | ");
  const types = [schema.type ?? "any"].flat();
  return types.map((type) => {
    if (type === "array") return `[${words(schema.items)}]`;
    if (type === "object") {
      const names = Object.keys(schema.properties ?? {});
      return names.length ? `{${names.join(", ")}}` : "object";
    }
    const bounds = [
      schema.format,
      schema.minimum != null || schema.maximum != null ? `${schema.minimum ?? ""}…${schema.maximum ?? ""}` : null,
      schema.maxLength != null ? t("docs.characters", { n: `${schema.minLength ?? 0}…${schema.maxLength}` }) : null,
    ].filter(Boolean);
    return type !== "null" && bounds.length ? `${type} (${bounds.join(", ")})` : type;
  }).join(" | ");
}

/** A value that fits a schema, to begin with. */
function sample(schema) {
  if (schema.examples) return schema.examples[0];
  if (schema.anyOf) return sample(schema.anyOf[0]);
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return false;
  if (type === "array") return schema.items ? [sample(schema.items)] : [];
  if (type === "object") {
    return Object.fromEntries((schema.required ?? []).map((name) => [name, sample(schema.properties[name])]));
  }
  if (schema.format === "date") return new Date().toISOString().slice(0, 10);
  if (schema.format === "date-time") return new Date().toISOString();
  return "";
}

function article(method) {
  const result = made("article");
  result.id = method.name;
  result.append(made("h2", method.name), made("p", method.summary));
  const roles = made("p", "", "roles");
  roles.append(...(method["x-roles"] ?? []).map((role) => made("span", role)));
  result.append(roles);
  if (method.params.length) {
    const table = made("table");
    for (const param of method.params) {
      const row = table.insertRow();
      row.insertCell().append(made("code", param.name + (param.required ? "" : "?")));
      row.insertCell().append(made("code", words(param.schema)));
    }
    result.append(made("h3", t("docs.params")), table);
  }
  result.append(made("h3", t("docs.result")), made("code", words(method.result.schema)));
  const whole = made("details");
  whole.append(made("summary", t("docs.schema")), made("pre", JSON.stringify(method.result.schema, null, 2)));
  result.append(whole);
  if (method.errors?.length) {
    const reasons = method.errors.flatMap((error) => error.data?.reasons ?? error.message);
    result.append(made("h3", t("docs.errors")), made("code", reasons.join(", ")));
  }
  result.append(trial(method));
  return result;
}

function trial(method) {
  const details = made("details");
  const params = made("textarea");
  params.spellcheck = false;
  params.setAttribute("aria-label", t("docs.params"));
  const required = method.params.filter((param) => param.required);
  params.value = JSON.stringify(Object.fromEntries(required.map((p) => [p.name, sample(p.schema)])), null, 2);
  const call = made("button", t("docs.call"));
  const output = made("pre");
  output.setAttribute("role", "status");
  output.hidden = true;
  call.addEventListener("click", async (event) => {
    // Once at a time, and once for a double click.
    if (call.ariaDisabled || event.detail > 1) return;
    call.ariaDisabled = "true";
    output.hidden = false;
    try {
      const result = await clinic.call(method.name, JSON.parse(params.value || "{}"), { timeout: LONGEST });
      output.textContent = JSON.stringify(result, null, 2);
    } catch (error) {
      // Here the reader is a programmer: the error as it came.
      output.textContent = error instanceof CallFailed
        ? JSON.stringify({ code: error.code, message: error.message, data: error.data }, null, 2)
        : explain(error instanceof SyntaxError ? { reason: "not_json" } : error);
    } finally {
      call.ariaDisabled = null;
    }
  });
  const bar = made("div", "", "bar");
  bar.append(call);
  details.append(made("summary", t("docs.try")), params, bar, output);
  return details;
}

/** The methods, each with what is shown of it: what the reader has typed there stays. */
let articles = new Map();

function draw() {
  const wanted = element("filter").value.trim().toLowerCase();
  const isWanted = ({ name, summary }) => `${name} ${summary}`.toLowerCase().includes(wanted);
  const shown = [...articles.keys()].filter(isWanted);
  const names = [];
  for (const [index, { name }] of shown.entries()) {
    const department = name.split(".")[0];
    if (department !== shown[index - 1]?.name.split(".")[0]) names.push(made("li", department, "department"));
    const link = made("a", name);
    link.href = `#${name}`;
    const entry = made("li");
    entry.append(link);
    names.push(entry);
  }
  element("names").replaceChildren(...names);
  element("methods").replaceChildren(...shown.map((method) => articles.get(method)));
}

async function discover() {
  const document = await clinic.call("rpc.discover", {}, { repeat: 60 });
  articles = new Map(document.methods.map((method) => [method, article(method)]));
  element("version").textContent = `clinicd ${document.info.version}`;
  draw();
  if (location.hash) globalThis.document.getElementById(location.hash.slice(1))?.scrollIntoView();
  if (clinic.refusal) element("problem").textContent = t("desk.ended");
}

async function run(work) {
  element("problem").textContent = "";
  try {
    await work();
  } catch (error) {
    element("problem").textContent = explain(error);
  }
}

element("filter").addEventListener("input", draw);
element("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  run(() => clinic.login(element("username").value, element("password").value));
});
element("logout").addEventListener("click", () => run(() => clinic.logout()));

/** Whose methods are shown: a login that is renewed is the same reader's. */
let reader = null;
clinic.addEventListener("login", ({ detail: user }) => {
  element("login-form").hidden = Boolean(user);
  element("login-form").reset();
  element("logout").hidden = !user;
  element("user").textContent = user ? `${user.full_name} (${user.role})` : "";
  const isOther = user?.id !== reader?.id || user?.role !== reader?.role;
  reader = user;
  if (isOther) run(discover);
});

document.title = t("docs.title");
element("login-form").hidden = Boolean(tokens.refreshToken);
await run(discover);
if (isCopy) element("problem").textContent = t("desk.copied");
