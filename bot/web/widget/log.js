/** The conversation on the page: messages, choices, typing, scrolling, and what is announced. */

import { element, newId } from './dom.js';
import { renderBubble, renderMessage } from './message.js';

const NEAR_PX = 80;

export class Log {
  /** What the panel does: `choose({title, payload})`, `retry(message)`. */
  constructor(words, memory, { choose, retry }) {
    Object.assign(this, { words, memory, choose, retry });
    this.messages = [];
    this.list = element('ol', { class: 'messages', role: 'list' });
    this.dots = element(
      'div',
      { class: 'typing', 'aria-hidden': 'true', hidden: true },
      [0, 1, 2].map(() => element('span')),
    );
    this.node = element(
      'div',
      { class: 'log', role: 'log', tabindex: '0', 'aria-live': 'off' },
      introduction(words),
      this.list,
      this.dots,
    );
    words.show(this.node, 'conversation', 'aria-label');
    this.node.addEventListener('scroll', () => this.memory.keep({ top: this.node.scrollTop }), {
      passive: true,
    });
  }

  /** Whether assistive technology hears additions: only while open, never the history. */
  set announced(value) {
    this.node.setAttribute('aria-live', value ? 'polite' : 'off');
  }

  /** Adds a message of the server, with its choices, in place of the choices before it. */
  add(message) {
    this.messages.push(message);
    const item = renderMessage(message, {
      words: this.words,
      ticks: this.ticks,
      choose: (choice) => this.choose(choice),
    });
    this.list.append(item);
    if (message.from === 'citizen' || message.buttons?.length) this.#clearChoices(item);
    if (message.from !== 'citizen') this.#offer(item, message);
    return item;
  }

  /** Adds the citizen's own message before the server has it. */
  addOwn(message) {
    const item = this.add({ ...message, from: 'citizen', time: new Date().toISOString() });
    this.follow(item);
    return item;
  }

  /** Shows that `message` was not sent, why, and a way to send it again. */
  markFailed(message, reason) {
    const item = this.#item(message.id);
    this.markSent(message.id);
    const note = element('p', { class: 'failure', id: newId('failure') }, reason);
    const again = element(
      'button',
      {
        type: 'button',
        class: 'retry',
        'aria-describedby': note.id,
        onclick: () => this.retry(message),
      },
      this.words.say('retry'),
    );
    item.classList.add('failed');
    item.append(element('div', { class: 'undelivered' }, note, again));
    this.#toEnd();
  }

  /** Takes the failure off a message; focus on its button moves to the message. */
  markSent(id) {
    const item = this.#item(id);
    item?.classList.remove('failed');
    this.#remove(item?.querySelectorAll('.undelivered') ?? [], item);
  }

  /** Shows the citizen's message as the server keeps it: without personal numbers. */
  correct(id, text) {
    const message = this.messages.find((one) => one.id === id);
    if (!message || message.text === text) return;
    message.text = text;
    const item = this.#item(id);
    item.setAttribute('aria-live', 'off');
    item.querySelector('.bubble').replaceWith(renderBubble(message, this.words));
  }

  /** A remark of the widget itself, which is not part of the conversation. */
  remark(text, ...more) {
    const item = element(
      'li',
      { class: 'remark', tabindex: '-1' },
      element('p', {}, text),
      ...more,
    );
    this.list.append(item);
    this.#toEnd();
    return item;
  }

  clear() {
    this.messages = [];
    this.list.replaceChildren();
    this.typing = false;
  }

  set typing(value) {
    if (this.dots.hidden !== value) return;
    const near = this.near;
    this.dots.hidden = !value;
    if (value && near) this.#toEnd();
  }

  /** Scrolls so that `item` is read from its beginning. */
  follow(item) {
    const { scroller } = this;
    const top = item.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += top - 12;
  }

  /** The citizen's last message on the page. */
  get question() {
    return [...this.list.querySelectorAll('.from-citizen')].pop();
  }

  /** Where the citizen was reading before a reload. */
  returnTo(top) {
    this.scroller.scrollTop = top ?? this.scroller.scrollHeight;
  }

  /** The log, or the whole panel where the window is too low for the log to scroll alone. */
  get scroller() {
    const panel = this.node.closest('dialog');
    return getComputedStyle(this.node).overflowY === 'visible' && panel ? panel : this.node;
  }

  /** Whether the citizen is reading the end of the conversation. */
  get near() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    return scrollHeight - clientHeight - scrollTop < NEAR_PX;
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #offer(item, message) {
    if (!message.buttons?.length) return;
    const button = (choice) =>
      element(
        'button',
        { type: 'button', class: 'choice', onclick: () => this.choose(choice) },
        choice.title,
      );
    item.append(element('div', { class: 'choices' }, message.buttons.map(button)));
  }

  #clearChoices(heir) {
    this.#remove(this.list.querySelectorAll('.choices'), heir);
  }

  /** Removes `nodes`; if one of them had the focus, `heir` gets it. */
  #remove(nodes, heir) {
    const active = this.node.getRootNode().activeElement;
    for (const node of nodes) {
      if (node.contains(active)) {
        if (!heir.hasAttribute('tabindex')) heir.setAttribute('tabindex', '-1');
        heir.focus({ preventScroll: true });
      }
      node.remove();
    }
  }

  #item(id) {
    return [...this.list.children].find((item) => item.dataset.id === id);
  }

  get ticks() {
    const kept = () => this.memory.conversation.ticks ?? {};
    return {
      of: (key) => new Set(kept()[key] ?? []),
      keep: (key, ticked) => this.memory.keep({ ticks: { ...kept(), [key]: [...ticked] } }),
    };
  }
}

function introduction(words) {
  return element(
    'div',
    { class: 'introduction' },
    words.show(element('p', { class: 'machine' }), 'machine_title'),
    words.show(element('p'), 'machine_text'),
  );
}
