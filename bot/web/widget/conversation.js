/** The client of the assistant's HTTP interface: one conversation, no document in sight. */

import { ORIGINAL } from './words.js';

const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** The server's close code for a conversation that was deleted. */
const GONE = 4404;

/** A refusal by the server, or its silence (`status` 0). `text` is what it told the citizen. */
export class Refusal extends Error {
  constructor(status, code, text) {
    super(code);
    this.status = status;
    this.code = code;
    this.text = text;
  }

  /** Whether the conversation is no longer there for this token. */
  get gone() {
    return [401, 403, 404, 410].includes(this.status);
  }
}

/** A new message id; needs no secure context. */
export function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Events: `message` (each message once, in the server's order; a citizen's own under the id that
 * this client gave it), `delivered` (it has reached the server, as kept there), `typing`,
 * `owner` ("bot", "waiting", "person"), `line` (true or false: whether the server is within reach),
 * `gone`.
 */
export class Conversation extends EventTarget {
  #seen = new Set();
  #delivered = new Set();
  #last = null;
  #socket = null;
  #timer = null;
  #attempts = 0;
  #reachable = true;

  constructor(base, memory) {
    super();
    this.base = base;
    this.memory = memory;
    addEventListener('online', () => this.#hurry());
    addEventListener('offline', () => this.#line(false));
  }

  get exists() {
    return Boolean(this.memory.conversation.token);
  }

  /** Begins a conversation in `language`; throws `Refusal`. */
  async start(language) {
    const { id, token, messages } = await this.#call('POST', '', { channel: 'web', language });
    this.#reset();
    this.memory.keep({ id, token });
    this.#receiveAll(messages);
    this.connect();
  }

  /** Reads the whole conversation again after a reload; throws `Refusal`. */
  async restore() {
    this.#receiveAll((await this.#call('GET', `/${this.#id}/messages`)).messages);
    this.connect();
  }

  /**
   * Sends `text` or `payload`; the same `messageId` twice is one message. Throws `Refusal`, but not
   * where only the reply was lost: that comes over the line.
   */
  async send(messageId, { text, payload }) {
    this.#seen.add(messageId);
    const body = { ...(payload ? { payload } : { text }), message_id: messageId };
    try {
      this.#receiveAll((await this.#call('POST', `/${this.#id}/messages`, body)).messages);
    } catch (refusal) {
      if (refusal.status || !this.#delivered.has(messageId)) throw refusal;
    }
  }

  /** Has every later answer in `language`, whatever language the citizen writes. */
  async pin(language) {
    if (this.exists) await this.#call('POST', `/${this.#id}/language`, { language });
  }

  /** Deletes it here and on the server; throws `Refusal`. */
  async delete() {
    if (this.exists) await this.#call('DELETE', `/${this.#id}`).catch(unlessGone);
    this.#reset();
    this.memory.forget();
  }

  /** Forgets a conversation that the server no longer has. */
  abandon() {
    this.#reset();
    this.memory.forget();
  }

  /** Opens the line for pushed messages and keeps it open. */
  connect() {
    clearTimeout(this.#timer);
    if (!this.exists || this.#socket) return;
    const url = new URL(`api/conversations/${this.#id}/events`, this.base);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, ['ariadne', `token.${this.memory.conversation.token}`]);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'resume', after: this.#last }));
      this.#attempts = 0;
      this.#line(true);
    });
    socket.addEventListener('message', (event) => this.#push(JSON.parse(event.data)));
    socket.addEventListener('close', ({ code }) => {
      if (socket !== this.#socket) return;
      if (code === GONE) this.dispatchEvent(new Event('gone'));
      else this.#dropped();
    });
  }

  get #id() {
    return this.memory.conversation.id;
  }

  #push(frame) {
    if (frame.type === 'message') this.#receive(frame.message);
    else if (frame.type === 'typing') this.dispatchEvent(new Event('typing'));
    else if (frame.type === 'state') this.#tell('owner', frame.owner ?? frame.state);
  }

  #receiveAll(messages) {
    for (const message of messages ?? []) this.#receive(message);
  }

  #receive(message) {
    this.#last = message.id;
    const id = message.message_id ?? message.id;
    if (!this.#seen.has(id)) this.#tell('message', { ...message, id });
    else if (message.from === 'citizen') this.#tell('delivered', { ...message, id });
    if (message.from === 'citizen') this.#delivered.add(id);
    this.#seen.add(id);
  }

  #dropped() {
    this.#socket = null;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#attempts++);
    this.#timer = setTimeout(() => this.#resume(), longest * (0.75 + Math.random() / 4));
  }

  /** Catches up over HTTP first: where sockets are blocked, messages still arrive. */
  async #resume() {
    if (!this.exists) return;
    try {
      const after = this.#last ? `?after=${encodeURIComponent(this.#last)}` : '';
      this.#receiveAll((await this.#call('GET', `/${this.#id}/messages${after}`)).messages);
      this.connect();
    } catch (refusal) {
      if (refusal.gone) this.dispatchEvent(new Event('gone'));
      else this.#dropped();
    }
  }

  #hurry() {
    this.#attempts = 0;
    if (this.#socket || !this.exists) {
      this.#line(true);
      return;
    }
    clearTimeout(this.#timer);
    this.#resume();
  }

  async #call(method, path, body) {
    const headers = { 'Accept-Language': this.memory.conversation.language ?? ORIGINAL };
    if (path) headers.Authorization = `Bearer ${this.memory.conversation.token}`;
    if (body) headers['Content-Type'] = 'application/json';
    const options = {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    const url = new URL(`api/conversations${path}`, this.base);
    const response = await fetch(url, options).catch(() => null);
    const json = await response?.json().catch(() => ({}));
    if (response?.ok) {
      this.#line(true);
      return json;
    }
    if (!response) this.#line(false);
    throw new Refusal(response?.status ?? 0, json?.error?.code, json?.error?.message);
  }

  #line(reachable) {
    if (this.#reachable !== reachable) this.#tell('line', (this.#reachable = reachable));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #reset() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#seen.clear();
    this.#delivered.clear();
    this.#last = null;
    this.#attempts = 0;
  }
}

function unlessGone(refusal) {
  if (!refusal.gone) throw refusal;
}
