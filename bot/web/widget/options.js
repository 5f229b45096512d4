/** The options: text size, and what can be done with the conversation. */

import { element, icon, newId } from './dom.js';

const SIZES = ['normal', 'large', 'largest'];
const ACTIONS = ['copy', 'print', 'download', 'restart', 'delete'];

export class Options {
  /** `resize(size)` applies a text size; `act(name)` does one of `ACTIONS`. */
  constructor(words, memory, { resize, act }) {
    Object.assign(this, { words, memory, resize, act });
    this.sheet = element('div', { class: 'options', id: newId('options'), hidden: true });
    this.sheet.append(this.#sizes(), this.#actions());
    this.button = element(
      'button',
      {
        type: 'button',
        class: 'header-button',
        'aria-expanded': 'false',
        'aria-controls': this.sheet.id,
        onclick: () => this.toggle(),
      },
      icon('options'),
      words.show(element('span', { class: 'unseen' }), 'options'),
    );
    this.node = element('div', { class: 'options-anchor' }, this.button, this.sheet);
    this.node.addEventListener('focusout', (event) => {
      if (event.relatedTarget && !this.node.contains(event.relatedTarget)) this.close();
    });
  }

  get open() {
    return !this.sheet.hidden;
  }

  toggle() {
    this.sheet.hidden = this.open;
    this.button.setAttribute('aria-expanded', String(this.open));
  }

  close() {
    if (this.open) this.toggle();
  }

  #sizes() {
    const legend = this.words.show(element('legend'), 'text_size');
    const name = newId('size');
    const choose = (size) => {
      this.memory.textSize = size;
      this.resize(size);
    };
    const choice = (size) => {
      const input = element('input', {
        type: 'radio',
        name,
        value: size,
        checked: size === this.memory.textSize,
        onchange: () => choose(size),
      });
      return element('label', {}, input, this.words.show(element('span'), `size_${size}`));
    };
    return element('fieldset', {}, legend, element('div', { class: 'sizes' }, SIZES.map(choice)));
  }

  #actions() {
    const button = (name) => {
      const act = () => {
        this.close();
        this.button.focus();
        this.act(name);
      };
      const text = this.words.show(element('span'), name);
      return element(
        'button',
        { type: 'button', class: `action ${name}`, onclick: act },
        icon(name),
        text,
      );
    };
    return element(
      'ul',
      { role: 'list' },
      ACTIONS.map((name) => element('li', {}, button(name))),
    );
  }
}
