/** Where the citizen writes. */

import { element, icon, newId } from './dom.js';

const LIMIT = 2000;
const NEAR_LIMIT = 200;

const lengthOf = (text) => [...text].length;

export class Composer {
  /** `send(text)` gets a message within the limit; `notice(text)` tells the citizen something. */
  constructor(words, memory, { send, notice }) {
    Object.assign(this, { words, memory, send, notice });
    this.field = element('textarea', {
      id: newId('question'),
      rows: '1',
      autocomplete: 'off',
      enterkeyhint: 'send',
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#paste(event),
    });
    const hint = words.show(element('p', { class: 'hint', id: newId('hint') }), 'privacy');
    this.counter = element('p', { class: 'counter', id: newId('counter'), hidden: true });
    this.field.setAttribute('aria-describedby', `${hint.id} ${this.counter.id}`);
    words.show(this.field, 'composer_example', 'placeholder');
    const button = element('button', { type: 'submit', class: 'send' }, icon('send'));
    button.append(words.show(element('span', { class: 'unseen' }), 'send'));
    this.node = element(
      'form',
      { class: 'composer', onsubmit: (event) => this.#submit(event) },
      words.show(element('label', { for: this.field.id }), 'composer_label'),
      element('div', { class: 'entry' }, this.field, button),
      element('div', { class: 'below' }, hint, this.counter),
    );
    this.field.value = memory.conversation.draft ?? '';
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Takes the height and the counter from the text; call once it is on the page. */
  fit() {
    this.field.style.height = 'auto';
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
    const left = LIMIT - lengthOf(this.field.value.trim());
    const near = left <= NEAR_LIMIT;
    this.counter.hidden = !near;
    this.counter.classList.toggle('over', left < 0);
    this.counter.textContent = near
      ? this.words.say('left', { count: this.words.number(left) })
      : '';
    this.field.setAttribute('aria-invalid', String(left < 0));
  }

  clear() {
    this.field.value = '';
    this.#changed();
  }

  #changed() {
    this.memory.keep({ draft: this.field.value });
    this.notice('');
    this.fit();
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    const over = lengthOf(text) - LIMIT;
    if (over > 0) this.notice(this.#say('too_long', over));
    else if (text) {
      this.clear();
      this.send(text);
    }
    this.focus();
  }

  #paste(event) {
    const pasted = event.clipboardData.getData('text/plain');
    const { value, selectionStart, selectionEnd } = this.field;
    const whole = value.slice(0, selectionStart) + pasted + value.slice(selectionEnd);
    if (lengthOf(whole.trim()) <= LIMIT) return;
    event.preventDefault();
    this.notice(this.#say('paste_too_long', lengthOf(whole.trim())));
  }

  #say(key, count) {
    const { words } = this;
    return words.say(key, { count: words.number(count), limit: words.number(LIMIT) });
  }
}
