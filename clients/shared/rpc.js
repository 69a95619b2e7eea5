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
export class ConnectionLost extends Error {
  name = "ConnectionLost";
  constructor(message, reason = "") {
    super(message);
    this.reason = reason;
  }
}

/** Whether a call that failed so may be repeated with its key: perhaps it was heard, perhaps not. */
export const isPassing = (error) => error instanceof ConnectionLost
  || ["stopping", "store_unavailable", "outcome_unknown", "busy"].includes(error.reason);

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

/** Seconds that a connection may be away before people are told who miss nothing by it: a restart is shorter. */
const PATIENCE = 2;

/** Gives what tells whether a loss lasts. When it begins to, `look` is called. */
export function lasting(look) {
  let timer = 0;
  let lasts = false;
  return (isLost) => {
    if (isLost) {
      timer ||= setTimeout(() => { lasts = true; look(); }, PATIENCE * 1000);
    } else {
      clearTimeout(timer);
      timer = 0;
      lasts = false;
    }
    return lasts;
  };
}

/**
 * Events: `state` (detail: "live", "lost" or "refused"), `login` (detail: the user, or null), `clinic`
 * (detail: what `system.version` gives), `current` (`isCurrent` may have changed). "refused" is a login
 * that is over: only a new one helps.
 */
export class Clinic extends EventTarget {
  #socket = null;
  #waiting = new Map();
  #lastId = 0;
  #ready = null;
  #renewal = 0;
  #followers = new Set();
  #closed = false;
  #isSilent = false;
  #leaving = null;
  /** Why the daemon ends the connection, when it has said so. */
  #why = "";
  /** Why the last login ended, when it was not by a logout. */
  refusal = null;

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
   * method that writes needs a `key` for that (see `newKey`). A call that is refused because the
   * connection is nobody's any more has changed nothing: it is repeated once on a new connection.
   */
  async call(method, params = {}, { repeat = 0, key = null, timeout = 15 } = {}) {
    if (key) params = { ...params, idempotency_key: key };
    const until = Date.now() + repeat * 1000;
    let mayReconnect = !/^(auth|devices)\./.test(method);
    for (let wait = 0.2; ; wait = Math.min(wait * 2, 3)) {
      let socket = null;
      try {
        await this.#connected(timeout);
        socket = this.#socket;
        return await this.#send(method, params, timeout);
      } catch (error) {
        if (error.code === -32001 && this.user && mayReconnect) {
          mayReconnect = false;
          this.reconnect(socket);
          continue;
        }
        if (!isPassing(error) || Date.now() > until) throw error;
        await seconds(wait);
      }
    }
  }

  async #send(method, params, timeout) {
    if (this.#socket?.readyState !== WebSocket.OPEN) throw this.#broken();
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new ConnectionLost("no answer in time"));
        this.#post({ method: "rpc.cancel", params: { id } });
      }, timeout * 1000);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#post({ id, method, params });
    });
  }

  #post(message) {
    this.#socket?.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  // Who calls

  async login(username, password) {
    await this.#leaving;
    // A connection on which nobody logs in is closed now and then, perhaps in this moment.
    const credentials = await this.call("auth.login", { username, password }, { repeat: 10 });
    this.keep(credentials);
    return credentials.user;
  }

  /** Forgets at once, also when the daemon is silent. One that it could not be told of fails: `logout_untold`. */
  async logout() {
    const told = this.#tellLogout();
    this.#leaving = told.catch(() => {});
    this.forget();
    try {
      await told;
    } catch {
      throw new ConnectionLost("the daemon was not told", "logout_untold");
    }
  }

  /** On a connection that is nobody's it would end nothing. */
  async #tellLogout() {
    if (this.state !== "live") throw new ConnectionLost("the connection broke");
    await this.#send("auth.logout", {}, 15);
  }

  /** Takes what a login or a claim gave. */
  keep(credentials) {
    this.refusal = null;
    this.tokens.refreshToken = credentials.refresh_token;
    if (this.state === "refused") this.#setState("live");
    this.#enter(credentials);
  }

  /** The connection is somebody's, until the access token ends. */
  #enter(credentials) {
    clearTimeout(this.#renewal);
    const due = Math.max(credentials.expires_in * 0.8, 5) * 1000;
    this.#renewal = setTimeout(() => this.#renew(), due);
    this.#setUser(credentials.user);
  }

  forget() {
    this.tokens.refreshToken = null;
    clearTimeout(this.#renewal);
    this.#setUser(null);
  }

  /** One that fails is made up for by a new connection, which is tried until it comes or is refused. */
  async #renew() {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    try {
      await this.#authenticate();
    } catch {
      // A logout that is on its way needs the connection.
      await this.#leaving;
      this.reconnect(socket);
    }
  }

  /** Each refresh token works once: pages that share a store take turns, and only here is a new one kept. */
  #refresh() {
    return new Promise((resolve, reject) => {
      const work = async () => {
        try {
          const token = { refresh_token: this.tokens.refreshToken };
          const fresh = await this.#send("auth.refresh", token, 15);
          this.#requireLogin();
          this.tokens.refreshToken = fresh.refresh_token;
          resolve(fresh);
        } catch (error) {
          return reject(error);
        }
        // Other pages see a moment later what was kept.
        await seconds(0.2);
      };
      if (navigator.locks && this.tokens.name) navigator.locks.request(this.tokens.name, work);
      else work();
    });
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
      this.#why = "";
      socket.onmessage = (event) => this.#take(JSON.parse(event.data));
      socket.onclose = () => {
        this.#lost(socket);
        reject(this.#broken());
      };
      socket.onopen = async () => {
        try {
          await this.#authenticate();
          this.#setState("live");
          resolve();
          const clinic = await this.#send("system.version", {}, 15);
          this.dispatchEvent(new CustomEvent("clinic", { detail: clinic }));
        } catch (error) {
          if (error instanceof CallFailed && error.code === -32001) {
            this.refusal = error;
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

  /** Goes on as whoever was logged in. Throws a `CallFailed` of -32001 when that is over. */
  async #authenticate() {
    if (this.tokens.refreshToken) {
      const fresh = await this.#refresh();
      await this.#send("auth.authenticate", { access_token: fresh.access_token }, 15);
      this.#requireLogin();
      this.#enter(fresh);
    } else if (this.user) {
      // Another page of this device was told that its login is over.
      throw new CallFailed({ code: -32001, message: "the login is over" });
    }
  }

  /** Whoever has logged out meanwhile stays so, on a new connection. */
  #requireLogin() {
    if (!this.tokens.refreshToken) throw new ConnectionLost("logged out meanwhile");
  }

  /** Gives up a connection, if it is not given up yet: the next one begins anew with what is kept. */
  reconnect(socket = this.#socket) {
    if (!socket) return;
    this.#lost(socket);
    socket.close();
  }

  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#ready = null;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#broken());
    }
    this.#waiting.clear();
    this.#setState("lost");
    this.#isSilent = false;
  }

  #broken() {
    return new ConnectionLost("the connection broke", this.#why);
  }

  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  /**
   * Asks whether the other side is there. Before a silent one is given up, what is shown is not the present any
   * more; one that only was slow is not called again.
   */
  async #probe() {
    const doubt = setTimeout(() => this.#setSilent(true), 4000);
    try {
      await this.#send("system.ping", {}, 12);
      this.#setSilent(false);
    } finally {
      clearTimeout(doubt);
    }
  }

  #setSilent(isSilent) {
    if (this.#isSilent === isSilent) return;
    this.#isSilent = isSilent;
    this.dispatchEvent(new Event("current"));
  }

  /** Asks every few seconds, and comes back when the other side does. */
  async #watch() {
    for (let wait = 0.5; !this.#closed;) {
      const ready = this.#connected(10);
      const socket = this.#socket;
      try {
        await ready;
        await this.#probe();
        for (const follower of this.#followers) follower.resume();
        wait = 0.5;
        await seconds(3);
      } catch {
        this.reconnect(socket);
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
    } else if (message.id === null && message.error) {
      this.#why = message.error.data?.reason ?? "";
    }
  }

  // The queue

  /** Whether what the followers have shown is the present. */
  get isCurrent() {
    return this.state === "live" && !this.#isSilent
      && [...this.#followers].every((follower) => follower.isSubscribed);
  }

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
      this.#followers.delete(follower);
      this.removeEventListener("state", follower);
      this.removeEventListener("login", follower);
      follower.end();
    };
  }
}

class Follower {
  #isOver = false;
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

  get isSubscribed() { return this.#subscription !== null; }

  #become(subscription) {
    this.#subscription = subscription;
    this.#clinic.dispatchEvent(new Event("current"));
  }

  handleEvent(event) {
    if (event.type === "state") {
      this.#become(null);
      if (event.detail === "live") this.resume();
    } else if (event.detail) {
      this.resume();
    }
  }

  async resume() {
    if (this.#isOver || this.#busy || this.isSubscribed || this.#clinic.state !== "live"
      || !this.#clinic.user) return;
    this.#busy = true;
    this.#early = [];
    try {
      const params = this.#since ? { ...this.#params, since: this.#since } : this.#params;
      const reply = await this.#clinic.call("queue.subscribe", params);
      if (this.#isOver) return this.#unsubscribe(reply.subscription);
      if (reply.snapshot) this.#snapshot(reply.snapshot);
      for (const change of reply.replay ?? []) this.#change(change);
      this.#become(reply.subscription);
      for (const early of this.#early) this.take(early);
    } catch {
      // The next look tries again.
    } finally {
      this.#busy = false;
    }
  }

  end() {
    this.#isOver = true;
    if (this.isSubscribed) this.#unsubscribe(this.#subscription);
  }

  #unsubscribe(subscription) {
    this.#clinic.call("queue.unsubscribe", { subscription }).catch(() => {});
  }

  take({ subscription, result }) {
    if (this.#busy && !this.isSubscribed) {
      this.#early.push({ subscription, result });
    } else if (subscription === this.#subscription) {
      if (result.kind === "snapshot") this.#snapshot(result);
      else if (result.kind === "change") this.#change(result);
      else this.#become(null);
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

/** An idempotency key: calls that have the same one are one call. `crypto.randomUUID` needs https. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
