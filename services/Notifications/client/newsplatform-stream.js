// Live bulletins of a NewsPlatform in a browser, or wherever there is an EventSource or a WebSocket. One file, no dependencies.
// It comes back by itself after whatever broke, each time later and never at the same moment as others, and goes on after the last bulletin that it
// had; it says when it cannot. What is served is described in services/Notifications/Stream/PROTOCOL.md.
//
//   import { NewsStream } from "/assets/newsplatform-stream.js";
//   const stream = new NewsStream({
//     topics: ["language:en,category:world", "breaking"],
//     onBulletin: ({ position, kind, article, reason }) => …,
//     onGap: () => …,             // some were missed and are not to be had: read the line again
//   });
//   stream.start();

/**
 * @typedef {object} Article As on a news line of `/api/news`.
 * @property {string} id
 * @property {number} version
 * @property {string} headline
 * @property {string} summary
 * @property {string} category
 * @property {string} language
 * @property {string[]} keywords
 * @property {number} urgency
 * @property {boolean} breaking
 * @property {{badges: string[], picture: object|null, items: object[]}} media
 * @property {string} publishedAt
 * @property {string} updatedAt
 * @property {string} url Relative to the portal's root.
 */

/**
 * @typedef {object} Bulletin
 * @property {number} position Its place in the log.
 * @property {"published"|"updated"|"corrected"|"withdrawn"} kind
 * @property {Article} article
 * @property {string} [reason]
 */

/** @typedef {"connecting"|"open"|"waiting"|"paused"|"closed"} State */

/**
 * @typedef {object} Options
 * @property {string} [url] Of the stream; `/ws` is added for a WebSocket. `/api/stream` by default.
 * @property {string[]} [topics] OR-ed; a comma inside one is AND. Everything when there is none.
 * @property {number|"earliest"} [after] The position up to which everything is known. What is new only, when it is not given.
 * @property {"sse"|"websocket"} [transport] `sse` by default.
 * @property {() => Promise<string>} [ticket] Gets a new ticket for each connection, where streams are not public.
 * @property {(bulletin: Bulletin) => void} onBulletin Each once and in order.
 * @property {(gap: {oldest: number, newest: number}|null) => void} [onGap] Bulletins were missed that will not come; null when it is only likely,
 *   since the connection broke before the first one came.
 * @property {(state: State, stream: NewsStream) => void} [onState]
 * @property {number} [firstDelayMilliseconds] Before the first try to come back, at most; doubled with each that fails. 2 s by default.
 * @property {number} [longestDelayMilliseconds] 60 s by default.
 * @property {number} [silenceMilliseconds] Without any word on a WebSocket after which it is taken for dead. 45 s by default, three heartbeats.
 * @property {number} [pauseMilliseconds] That a page is hidden before its connection is given up until it is seen again; readers keep many tabs open and browsers
 *   few connections to a server. 30 s by default.
 */

const kinds = ["published", "updated", "corrected", "withdrawn"];

export class NewsStream {
  /** @type {State} */ state = "closed";

  /** The position of the last bulletin, or what was given as `after`. @type {number|"earliest"|undefined} */ position;

  #options;
  #connection;      // what is open or opening: { close() }
  #attempt = 0;     // numbers connections, so that what comes late from an old one is not heard
  #failures = 0;
  #openedAt = 0;
  #wasOpen = false; // since start(): without a position, what came between two connections is missed
  #timer;
  #hiding;
  #watch;
  #listeners = [];

  /** @param {Options} options */
  constructor(options) {
    this.#options = {
      url: "/api/stream", topics: [], transport: "sse", firstDelayMilliseconds: 2_000, longestDelayMilliseconds: 60_000, silenceMilliseconds: 45_000,
      pauseMilliseconds: 30_000, ...options,
    };
    this.position = options.after;
  }

  /** Connects, now or as soon as the page is seen. */
  start() {
    if (this.state !== "closed") return this;
    this.#wasOpen = false;
    this.#listen("document", "visibilitychange", () => (document.hidden ? this.#hide() : this.#show()));
    // A page that is kept for the back button comes back without its connection.
    this.#listen("window", "pagehide", () => this.#pause());
    this.#listen("window", "pageshow", () => this.#show());
    this.#listen("window", "online", () => this.#show());
    if (globalThis.document?.hidden) this.#to("paused");
    else this.#connect();
    return this;
  }

  /** Ends for good; `start()` begins anew after the last bulletin. */
  close() {
    for (const [target, name, listener] of this.#listeners.splice(0)) target.removeEventListener(name, listener);
    this.#drop();
    this.#to("closed");
  }

  #listen(target, name, listener) {
    const on = target === "document" ? globalThis.document : globalThis.window;
    if (!on?.addEventListener) return;
    on.addEventListener(name, listener);
    this.#listeners.push([on, name, listener]);
  }

  #hide() {
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(() => this.#pause(), this.#options.pauseMilliseconds);
  }

  #pause() {
    this.#drop();
    this.#to("paused");
  }

  #show() {
    clearTimeout(this.#hiding);
    if (globalThis.document?.hidden || this.state !== "paused" && this.state !== "waiting") return;
    this.#failures = 0;
    this.#connect();
  }

  #drop() {
    this.#attempt++;
    clearTimeout(this.#timer);
    clearTimeout(this.#hiding);
    clearTimeout(this.#watch);
    this.#connection?.close();
    this.#connection = undefined;
  }

  #to(state) {
    if (this.state === state) return;
    this.state = state;
    this.#options.onState?.(state, this);
  }

  async #connect() {
    this.#drop();
    const attempt = this.#attempt;
    this.#to("connecting");
    const url = new URL(this.#options.url, globalThis.location?.href);
    try {
      const ticket = await this.#options.ticket?.();
      if (ticket) url.searchParams.set("ticket", ticket);
      if (attempt !== this.#attempt) return;
      this.#connection = this.#options.transport === "websocket" ? this.#socket(url, attempt) : this.#events(url, attempt);
    } catch {
      this.#lost(attempt);
    }
  }

  #events(url, attempt) {
    for (const topic of this.#options.topics) url.searchParams.append("topic", topic);
    if (this.position !== undefined) url.searchParams.set("lastEventId", this.position);
    const source = new EventSource(url);
    source.addEventListener("open", () => this.#opened(attempt));
    // The browser would come back by itself, but always after the same time, and not at all after a refusal.
    source.addEventListener("error", () => this.#lost(attempt));
    source.addEventListener("gap", event => this.#gap(attempt, JSON.parse(event.data)));
    for (const kind of kinds) source.addEventListener(kind, event => this.#told(attempt, JSON.parse(event.data)));
    return source;
  }

  #socket(url, attempt) {
    url.protocol = url.protocol.replace("http", "ws");
    url.pathname = `${url.pathname.replace(/\/$/, "")}/ws`;
    const socket = new WebSocket(url, "newsplatform.v1");
    const watch = () => {
      clearTimeout(this.#watch);
      // The other side may be gone without a word.
      this.#watch = setTimeout(() => this.#lost(attempt), this.#options.silenceMilliseconds);
    };
    watch();
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "subscribe", id: "news", topics: this.#options.topics, after: this.position })));
    socket.addEventListener("close", () => this.#lost(attempt));
    socket.addEventListener("error", () => this.#lost(attempt));
    socket.addEventListener("message", ({ data }) => {
      if (attempt !== this.#attempt) return;
      watch();
      const message = JSON.parse(data);
      if (message.type === "bulletin") this.#told(attempt, message.bulletin);
      else if (message.type === "gap") this.#gap(attempt, message.gap);
      else if (message.type === "error") this.#lost(attempt);
      else if (message.type === "subscribed") {
        this.#opened(attempt);
        // Known even if nothing comes before the connection breaks.
        this.position = message.after;
      }
    });
    return socket;
  }

  #opened(attempt) {
    if (attempt !== this.#attempt) return;
    const missed = this.#wasOpen && this.position === undefined;
    this.#wasOpen = true;
    this.#openedAt = Date.now();
    this.#to("open");
    if (missed) this.#options.onGap?.(null);
  }

  #told(attempt, bulletin) {
    if (attempt !== this.#attempt || bulletin.position <= this.position) return;
    this.position = bulletin.position;
    this.#options.onBulletin(bulletin);
  }

  #gap(attempt, gap) {
    if (attempt !== this.#attempt) return;
    this.position = gap.oldest - 1;
    this.#options.onGap?.(gap);
  }

  #lost(attempt) {
    if (attempt !== this.#attempt) return;
    // One that is let in and ended at once has not got anywhere.
    if (this.state === "open" && Date.now() - this.#openedAt > this.#options.firstDelayMilliseconds) this.#failures = 0;
    // At any moment of a time that doubles: whoever was cut off together does not come back together.
    const delay = Math.random() * Math.min(this.#options.longestDelayMilliseconds, this.#options.firstDelayMilliseconds * 2 ** Math.min(this.#failures++, 16));
    this.#drop();
    this.#to("waiting");
    this.#timer = setTimeout(() => this.#connect(), delay);
  }
}

/**
 * Asks for tickets with a key or a token: `ticket: tickets("np_…")`. A page of yours asks its own server instead, which keeps the key to itself.
 * @param {string} key
 * @param {string} [url]
 * @returns {() => Promise<string>}
 */
export function tickets(key, url = "/api/stream/tickets") {
  return async () => {
    const answer = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${key}` } });
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    return (await answer.json()).ticket;
  };
}
