// Follows one channel over EventSource, and says at any time how far to trust what the page shows.
//
// The browser reconnects by itself and tells the server the last event it got, so nothing is missed in between.
// What it does not do is added here: notice a stream that went silent, and come back when the answer was no stream.

const MESSAGE_TYPES = [
  'WELCOME', 'SUBSCRIBED', 'INVALIDATE', 'CHANGE', 'CONTENT', 'PROGRESS', 'PRESENCE', 'RESET', 'REVOKED', 'GOAWAY', 'ERROR',
];
const LIVE_TYPES = new Set(['SUBSCRIBED', 'INVALIDATE', 'CHANGE', 'CONTENT', 'PROGRESS', 'RESET']);

// The server speaks every few seconds even when nothing changes. Longer silence means that something is broken.
const STALE_AFTER_MS = 15_000;
const REOPEN_AFTER_MS = 30_000;
const RETRY_MS = { first: 1_000, longest: 30_000 };

export class Feed {
  #url;
  #onMessage;
  #onState;
  #source = null;
  #state = 'connecting';
  #cursor = '';
  #heardAt = 0;
  #position = null;
  #retryMs = RETRY_MS.first;

  /**
   * @param url of the stream; the cursor is added when the feed has one
   * @param onMessage gets each message, parsed
   * @param onState gets connecting, connected, reconnecting, stale or closed, and why where that is known
   */
  constructor(url, { onMessage, onState }) {
    this.#url = url;
    this.#onMessage = onMessage;
    this.#onState = onState;
  }

  open() {
    this.#source?.close();
    this.#heardAt = Date.now();
    this.#source = new EventSource(this.#address());
    for (const type of MESSAGE_TYPES) {
      this.#source.addEventListener(type, (event) => this.#received(type, event));
    }
    this.#source.onerror = () => this.#failed();
  }

  /** Ends the feed for good. */
  close(reason) {
    this.#source?.close();
    this.#enter('closed', reason);
  }

  /** To be called about once a second: nobody else notices that nothing comes. */
  tick() {
    const silentMs = Date.now() - this.#heardAt;
    if (silentMs > STALE_AFTER_MS && this.#state === 'connected') {
      this.#enter('stale');
    }
    if (silentMs > REOPEN_AFTER_MS && this.#state === 'stale') {
      this.#enter('reconnecting');
      this.open();
    }
  }

  /** How old the shown state may be in ms: the server's own lag and the time since it told us. Null when unknown. */
  ageMs() {
    return this.#position && this.#position.lagMs + Date.now() - this.#position.at;
  }

  #address() {
    const url = new URL(this.#url);
    if (this.#cursor) {
      url.searchParams.set('cursor', this.#cursor);
    }
    return url;
  }

  #received(type, event) {
    if (this.#state === 'closed') {
      return;
    }
    this.#heardAt = Date.now();
    const message = JSON.parse(event.data);
    this.#cursor = message.cursor ?? this.#cursor;
    if (LIVE_TYPES.has(type)) {
      this.#retryMs = RETRY_MS.first;
      this.#enter('connected');
    }
    if (type === 'PROGRESS') {
      this.#position = { lagMs: message.payload.lagMs ?? 0, at: this.#heardAt };
    }
    this.#onMessage(message);
  }

  #failed() {
    if (this.#state === 'closed') {
      return;
    }
    this.#enter('reconnecting');
    if (this.#source.readyState === EventSource.CLOSED) {
      this.#askWhy();
    }
  }

  // The browser gives up when the answer is no stream, and does not say what it was. A refused key will be refused
  // again; a gateway that is just starting, or a proxy without one behind it, is worth another try.
  async #askWhy() {
    const status = await fetch(this.#address(), { headers: { accept: 'text/event-stream' } })
      .then((answer) => {
        answer.body?.cancel();
        return answer.status;
      })
      .catch(() => 0);
    if (status === 204 || (status >= 400 && status < 500 && status !== 408 && status !== 429)) {
      this.close(status === 204 ? 'the server ended the stream' : `the server refused the stream (${status})`);
      return;
    }
    setTimeout(() => this.#state !== 'closed' && this.open(), this.#retryMs * (0.5 + Math.random() / 2));
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.longest);
  }

  #enter(state, reason = '') {
    if (state !== this.#state) {
      this.#state = state;
      this.#onState(state, reason);
    }
  }
}
