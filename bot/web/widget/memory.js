/** What the browser remembers: the conversation for this tab, the text size for the next visit. */

const CONVERSATION = 'ariadne.conversation';
const TEXT_SIZE = 'ariadne.text-size';

/** A storage that forgets on reload, for pages where the browser's own is blocked. */
const forgetful = () => {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
};

function storage(name) {
  try {
    window[name].getItem(CONVERSATION);
    return window[name];
  } catch {
    return forgetful();
  }
}

export class Memory {
  #tab = storage('sessionStorage');
  #visits = storage('localStorage');

  /**
   * What is kept of the conversation in this tab: `id`, `token`, `language`, `open`, `ticks`
   * (documents ticked), `unsent` (messages that failed), `draft`, `top` (scroll position).
   */
  get conversation() {
    try {
      return JSON.parse(this.#tab.getItem(CONVERSATION)) ?? {};
    } catch {
      return {};
    }
  }

  /** Keeps `values` beside what is already kept. */
  keep(values) {
    this.#write(this.#tab, CONVERSATION, JSON.stringify({ ...this.conversation, ...values }));
  }

  /** Forgets the conversation, but not the language or whether the panel is open. */
  forget() {
    const { language, open } = this.conversation;
    this.#write(this.#tab, CONVERSATION, JSON.stringify({ language, open }));
  }

  get textSize() {
    return this.#visits.getItem(TEXT_SIZE) ?? 'normal';
  }

  set textSize(size) {
    this.#write(this.#visits, TEXT_SIZE, size);
  }

  #write(where, key, value) {
    try {
      where.setItem(key, value);
    } catch {
      // A full storage costs the memory of this visit, not the conversation.
    }
  }
}
