// Tabs that are copies of each other.

import { newKey } from "/shared/rpc.js";

/** For how many milliseconds the page before a reload may keep its lock. */
const PATIENCE = 1000;
/** For how many milliseconds another tab may take to answer. */
const ANSWER = 300;

/**
 * A tab that was duplicated has the same login, which would end with the first token that both use. The copy
 * forgets it. Returns whether this tab is a copy.
 */
export async function forgetCopy(tokens) {
  const name = `${tokens.name}.tab`;
  const take = navigator.locks ? lock : announce;
  const me = tokens.storage.getItem(name);
  if (me && await take(`${name}.${me}`)) return false;
  const isCopy = Boolean(me && tokens.refreshToken);
  if (isCopy) tokens.refreshToken = null;
  const other = newKey();
  tokens.storage.setItem(name, other);
  take(`${name}.${other}`);
  return isCopy;
}

/** Takes a name for as long as this page lives. Gives whether no other tab has it. */
function lock(name) {
  return new Promise((done) => {
    const hold = () => {
      done(true);
      return new Promise(() => {});
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => done(false));
  });
}

/** The same where there are no locks, without https: a tab that is busy is not heard. */
async function announce(name) {
  const tabs = new BroadcastChannel(name);
  const isTaken = await new Promise((done) => {
    tabs.onmessage = ({ data }) => {
      if (data === "asked") tabs.postMessage("present");
      else done(true);
    };
    tabs.postMessage("asked");
    setTimeout(done, ANSWER, false);
  });
  if (isTaken) tabs.close();
  return !isTaken;
}
