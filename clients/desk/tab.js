// Tabs that are copies of each other.

import { newKey } from "/shared/rpc.js";

/** For how many milliseconds another tab may take to answer. */
const PATIENCE = 300;

/**
 * A tab that was duplicated has the same login, which would end with the first token that both use. The copy
 * forgets it. Returns whether this tab is a copy.
 */
export async function forgetCopy(tokens) {
  const tabs = new BroadcastChannel(tokens.name);
  let me = tokens.storage.getItem(`${tokens.name}.tab`);
  const isCopy = Boolean(me && tokens.refreshToken) && await new Promise((done) => {
    tabs.onmessage = ({ data }) => { if (data.present === me) done(true); };
    tabs.postMessage({ asked: me });
    setTimeout(done, PATIENCE, false);
  });
  if (isCopy) tokens.refreshToken = null;
  if (isCopy || !me) tokens.storage.setItem(`${tokens.name}.tab`, me = newKey());
  tabs.onmessage = ({ data }) => { if (data.asked === me) tabs.postMessage({ present: me }); };
  return isCopy;
}
