/** The question before a conversation is deleted. */

import { element, newId } from './dom.js';

export class DeleteDialog {
  /** `remove()` deletes the conversation and may throw; `done(deleted)` follows the closing. */
  constructor(words, { remove, done }) {
    Object.assign(this, { words, remove, done });
    const title = words.show(element('h2', { id: newId('delete') }), 'delete_title');
    const text = words.show(element('p', { id: newId('delete') }), 'delete_text');
    this.error = element('p', { class: 'error', role: 'alert' });
    this.no = words.show(
      button('quiet', () => this.#close(false)),
      'delete_no',
    );
    this.yes = words.show(
      button('danger', () => this.#delete()),
      'delete_yes',
    );
    this.node = element(
      'dialog',
      {
        class: 'confirm',
        role: 'alertdialog',
        'aria-labelledby': title.id,
        'aria-describedby': text.id,
        oncancel: (event) => this.#cancel(event),
        onkeydown: (event) => event.stopPropagation(),
      },
      title,
      text,
      this.error,
      element('div', { class: 'answers' }, this.no, this.yes),
    );
  }

  ask() {
    this.error.textContent = '';
    this.node.showModal();
    this.no.focus();
  }

  async #delete() {
    if (this.yes.getAttribute('aria-disabled')) return;
    this.yes.setAttribute('aria-disabled', 'true');
    try {
      await this.remove();
      this.#close(true);
    } catch {
      this.error.textContent = this.words.say('delete_failed');
    } finally {
      this.yes.removeAttribute('aria-disabled');
    }
  }

  #cancel(event) {
    event.preventDefault();
    event.stopPropagation();
    this.#close(false);
  }

  #close(deleted) {
    this.node.close();
    this.done(deleted);
  }
}

const button = (kind, onclick) => element('button', { type: 'button', class: kind, onclick });
