// Pairs a new kiosk or board: shows a code until somebody of the staff has approved it.

import { CallFailed } from "/shared/rpc.js";

const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));

/** Returns when the device has its login. `show(code)` is called with each code to be shown; first with none. */
export async function pair(clinic, role, show) {
  show("");
  for (;;) {
    try {
      const request = await clinic.call("devices.request_pairing", { role });
      show(request.code);
      for (const until = Date.now() + request.expires_in * 1000; Date.now() < until;) {
        const claim = await clinic.call("devices.claim", { secret: request.secret }, { repeat: 60 });
        if (claim.status === "CLAIMED") return clinic.keep(claim);
        await seconds(2);
      }
    } catch (error) {
      await seconds(error instanceof CallFailed ? error.data.retry_after ?? 5 : 3);
    }
  }
}
