// A connection to clinicd over a WebSocket that comes back by itself.

/** An error of the daemon: `reason` is for programs, `data` has what else helps. */
export class CallFailed extends Error {
  constructor(error) {
    super(error.message);
    this.code = error.code;
    this.data = error.data ?? {};
    this.reason = this.data.reason ?? "";
  }
}

/** No answer came. A call that may be repeated was repeated for a while. */
export class ConnectionLost extends Error {}

/** Where a page keeps its login: over a reload, or with the device for good. */
export class TokenStore {
  constructor(name, storage = localStorage) {
    this.name = `clinicd.${name}`;
    this.storage = storage;
  }
  get refreshToken() { return this.storage.getItem(this.name); }
  set refreshToken(token) {
    if (token) this.storage.setItem(this.name, token);
    else this.storage.removeItem(this.name);
  }
}

const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));

/**
 * Events: `state` (detail: "live", "lost" or "refused"), `login` (detail: the user, or null).
 * "refused" is a login that is over: only a new one helps.
 */
export class Clinic extends EventTarget {
  #socket = null;
  #waiting = new Map();
  #lastId = 0;
  #ready = null;
  #renewal = 0;
  #followers = new Set();
  #closed = false;

  constructor({ tokens, address } = {}) {
    super();
    this.tokens = tokens ?? { refreshToken: null };
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.address = address ?? `${scheme}://${location.host}/rpc`;
    this.user = null;
    this.state = "lost";
    this.#watch();
  }

  // Calls

  /**
   * Calls a method. With `repeat`, a call whose answer was lost is repeated for that many seconds; a
   * method that writes needs a key for that, which is made with `key: true`.
   */
  async call(method, params = {}, { repeat = 0, key = false, timeout = 15 } = {}) {
    if (key) params = { ...params, idempotency_key: crypto.randomUUID?.() ?? randomKey() };
    const until = Date.now() + repeat * 1000;
    for (let wait = 0.2; ; wait = Math.min(wait * 2, 3)) {
      try {
        await this.#connected(timeout);
        return await this.#send(method, params, timeout);
      } catch (error) {
        const passing = error instanceof ConnectionLost
          || ["stopping", "store_unavailable", "outcome_unknown", "busy"].includes(error.reason);
        if (!passing || Date.now() > until) throw error;
        await seconds(wait);
      }
    }
  }

  #send(method, params, timeout) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new ConnectionLost("no answer in time"));
      }, timeout * 1000);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  // Who calls

  async login(username, password) {
    const credentials = await this.call("auth.login", { username, password });
    this.keep(credentials);
    return credentials.user;
  }

  async logout() {
    await this.call("auth.logout").catch(() => {});
    this.forget();
  }

  /** Takes what a login or a claim gave. */
  keep(credentials) {
    this.tokens.refreshToken = credentials.refresh_token;
    clearTimeout(this.#renewal);
    const due = Math.max(credentials.expires_in * 0.8, 5) * 1000;
    this.#renewal = setTimeout(() => this.#renew().catch(() => {}), due);
    this.#setUser(credentials.user);
  }

  forget() {
    this.tokens.refreshToken = null;
    clearTimeout(this.#renewal);
    this.#setUser(null);
  }

  async #renew() {
    if (this.tokens.refreshToken && this.#socket?.readyState === WebSocket.OPEN) {
      this.keep(await this.#refresh());
    }
  }

  /** Each refresh token works once: pages that share a store take turns. */
  #refresh() {
    const work = async () => {
      const fresh = await this.#send("auth.refresh", { refresh_token: this.tokens.refreshToken }, 15);
      this.tokens.refreshToken = fresh.refresh_token;
      return fresh;
    };
    return navigator.locks && this.tokens.name ? navigator.locks.request(this.tokens.name, work) : work();
  }

  #setUser(user) {
    this.user = user;
    this.dispatchEvent(new CustomEvent("login", { detail: user }));
  }

  // The connection

  #connected(timeout) {
    this.#ready ??= this.#open();
    return Promise.race([
      this.#ready,
      seconds(timeout).then(() => { throw new ConnectionLost("cannot reach the clinic"); }),
    ]);
  }

  #open() {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.address);
      this.#socket = socket;
      socket.onmessage = (event) => this.#take(JSON.parse(event.data));
      socket.onclose = () => {
        this.#lost(socket);
        reject(new ConnectionLost("the connection broke"));
      };
      socket.onopen = async () => {
        try {
          await this.#authenticate();
          this.#setState("live");
          resolve();
        } catch (error) {
          if (error instanceof CallFailed && error.code === -32001) {
            this.forget();
            this.#setState("refused");
            resolve();
          } else {
            socket.close();
            reject(error);
          }
        }
      };
    });
  }

  async #authenticate() {
    if (!this.tokens.refreshToken) return;
    const fresh = await this.#refresh();
    await this.#send("auth.authenticate", { access_token: fresh.access_token }, 15);
    this.keep(fresh);
  }

  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#ready = null;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new ConnectionLost("the connection broke"));
    }
    this.#waiting.clear();
    this.#setState("lost");
  }

  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  /** Asks every few seconds whether the other side is there, and comes back when it is. */
  async #watch() {
    for (let wait = 0.5; !this.#closed;) {
      try {
        await this.#connected(10);
        await this.#send("system.ping", {}, 5);
        for (const follower of this.#followers) follower.resume();
        wait = 0.5;
        await seconds(4);
      } catch {
        this.#socket?.close();
        if (this.#socket) this.#lost(this.#socket);
        // Many boards do not come back in the same moment.
        await seconds(wait * (0.5 + Math.random()));
        wait = Math.min(wait * 2, 5);
      }
    }
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#renewal);
    this.#socket?.close();
  }

  #take(message) {
    const waiting = this.#waiting.get(message.id);
    if (waiting) {
      this.#waiting.delete(message.id);
      clearTimeout(waiting.timer);
      if (message.error) waiting.reject(new CallFailed(message.error));
      else waiting.resolve(message.result);
    } else if (message.method === "queue.changed") {
      for (const follower of this.#followers) follower.take(message.params);
    }
  }

  // The queue

  /**
   * Follows the queue: `show` is called with each version in order, a snapshot first, for ever.
   * Returns what ends it.
   */
  follow(params, show) {
    const follower = new Follower(this, params, show);
    this.#followers.add(follower);
    this.addEventListener("state", follower);
    this.addEventListener("login", follower);
    follower.resume();
    return () => {
      follower.isOver = true;
      this.#followers.delete(follower);
      this.removeEventListener("state", follower);
      this.removeEventListener("login", follower);
    };
  }
}

class Follower {
  isOver = false;
  #clinic; #params; #show;
  #subscription = null;
  #since = null;
  #busy = false;
  #early = [];

  constructor(clinic, params, show) {
    this.#clinic = clinic;
    this.#params = params;
    this.#show = show;
  }

  handleEvent(event) {
    if (event.type === "state") {
      this.#subscription = null;
      if (event.detail === "live") this.resume();
    } else if (event.detail) {
      this.resume();
    }
  }

  async resume() {
    if (this.isOver || this.#busy || this.#subscription || this.#clinic.state !== "live"
      || !this.#clinic.user) return;
    this.#busy = true;
    try {
      const params = this.#since ? { ...this.#params, since: this.#since } : this.#params;
      const reply = await this.#clinic.call("queue.subscribe", params);
      this.#subscription = reply.subscription;
      if (reply.snapshot) this.#snapshot(reply.snapshot);
      for (const change of reply.replay ?? []) this.#change(change);
      for (const early of this.#early.splice(0)) this.take(early);
    } catch {
      // The next look tries again.
    } finally {
      this.#busy = false;
    }
  }

  take({ subscription, result }) {
    if (this.#busy && !this.#subscription) {
      this.#early.push({ subscription, result });
    } else if (subscription === this.#subscription) {
      if (result.kind === "snapshot") this.#snapshot(result);
      else if (result.kind === "change") this.#change(result);
      else this.#subscription = null;
    }
  }

  #snapshot(queue) {
    this.#since = { date: queue.date, version: queue.version };
    this.#show({ kind: "snapshot", ...queue });
  }

  #change(change) {
    if (this.#since && change.version <= this.#since.version) return;
    this.#since = { date: change.date ?? this.#since?.date, version: change.version };
    this.#show(change);
  }
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0"))
    .join("");
}
