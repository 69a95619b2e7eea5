// Pairs a new kiosk or board: shows a code until somebody of the staff has approved it.

import { CallFailed } from "/shared/rpc.js";

const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));

/** Returns when the device has its login. `show(code)` is called with each code to be shown; with none before. */
export async function pair(clinic, role, show) {
  for (;;) {
    show("");
    try {
      const request = await clinic.call("devices.request_pairing", { role });
      show(request.code);
      const claim = await claimed(clinic, request.secret);
      if (claim) return clinic.keep(claim);
    } catch (error) {
      await seconds(error instanceof CallFailed ? error.data.retry_after ?? 5 : 3);
    }
  }
}

/** What an approved device gets; `null` when the code is over. After an outage the same one is asked for. */
async function claimed(clinic, secret) {
  for (;;) {
    try {
      const claim = await clinic.call("devices.claim", { secret }, { repeat: 60 });
      if (claim.status === "CLAIMED") return claim;
    } catch (error) {
      if (error.code === -32001) return null;
    }
    await seconds(2);
  }
}
