/** The panel: header, conversation, composer, and what happens between them. */

import { Composer } from './composer.js';
import { DeleteDialog } from './confirm.js';
import { Conversation, newMessageId } from './conversation.js';
import { element, icon, newId } from './dom.js';
import { Log } from './log.js';
import { renderMessage } from './message.js';
import { Options } from './options.js';
import { copyText, downloadText, printPaper, transcriptText } from './transcript.js';
import { fetchPatiently, LANGUAGES, spoken } from './words.js';

const TYPING_SHOWN_MS = 12_000;
const SHEET = matchMedia('(max-width: 37.5em), (max-height: 30em)');
const FINE_POINTER = matchMedia('(pointer: fine)');

export class Panel {
  /**
   * Calls `opened()` and `closed()` after each, `arrived(message)` for each message that comes
   * while closed, `spoke(language)` after a change of language.
   */
  constructor(words, memory, base, { opened, closed, arrived, spoke }) {
    Object.assign(this, { words, memory, base, opened, closed, arrived, spoke });
    this.conversation = new Conversation(base, memory);
    this.log = new Log(words, memory, {
      choose: (choice) => this.#say(choice.title, choice.payload),
      retry: (message) => this.#deliver(message),
    });
    this.composer = new Composer(words, memory, {
      send: (text) => this.#say(text),
      notice: (text) => this.#notice(text),
    });
    this.options = new Options(words, memory, {
      resize: (size) => this.#resize(size),
      act: (name) => this.#act(name),
    });
    this.dialog = new DeleteDialog(words, {
      remove: () => this.conversation.delete(),
      done: (deleted) => (deleted ? this.#startAfresh() : this.options.button.focus()),
    });
    this.node = this.#build();
    this.#resize(memory.textSize);
    this.#listen();
  }

  get isOpen() {
    return this.node.open;
  }

  /** Opens the panel; `byCitizen` moves the focus into it. */
  async open({ byCitizen = true } = {}) {
    if (this.isOpen) {
      if (byCitizen) this.#focusStart();
      return;
    }
    this.#display(byCitizen);
    this.memory.keep({ open: true });
    if (byCitizen) this.#focusStart();
    this.opened();
    await this.#begin().catch((refusal) => this.#startFailed(refusal));
  }

  close() {
    this.options.close();
    this.log.announced = false;
    this.node.close();
    this.memory.keep({ open: false });
    this.closed();
  }

  /** Asks `text` as if the citizen had written it. */
  async ask(text) {
    await this.open();
    await this.#say(text);
  }

  /** Changes the language of the widget and of the answers to come. */
  async speak(language) {
    await this.words.use(language);
    this.memory.keep({ language });
    this.composer.fit();
    this.#languageButton();
    this.spoke(language);
    await this.conversation.pin(language).catch(() => {});
  }

  #build() {
    const { words } = this;
    const title = words.show(element('h2', { id: newId('title'), tabindex: '-1' }), 'name');
    this.title = title;
    this.languageButton = element('button', { type: 'button', class: 'header-button language' });
    this.languageButton.addEventListener('click', () => this.speak(this.#otherLanguage));
    this.#languageButton();
    const close = element(
      'button',
      { type: 'button', class: 'header-button close', onclick: () => this.close() },
      icon('close'),
      words.show(element('span', { class: 'unseen' }), 'close'),
    );
    this.header = element(
      'div',
      { class: 'header' },
      element('span', { class: 'badge' }, icon('mark')),
      element('div', { class: 'names' }, title, words.show(element('p'), 'role')),
      this.languageButton,
      this.options.node,
      close,
    );
    this.status = element('p', { class: 'status', role: 'status' });
    this.owner = element('p', { class: 'status', role: 'status' });
    this.line = element('p', { class: 'status line', role: 'status' });
    this.whisper = element('p', { class: 'unseen', role: 'status' });
    return element(
      'dialog',
      {
        class: 'panel',
        'aria-labelledby': title.id,
        onkeydown: (event) => this.#key(event),
        oncancel: (event) => this.#cancel(event),
        onpointerdown: (event) => this.#outsideOptions(event),
      },
      this.header,
      this.log.node,
      this.whisper,
      element('div', { class: 'foot' }, this.owner, this.line, this.status, this.composer.node),
      this.dialog.node,
    );
  }

  #listen() {
    const { conversation } = this;
    conversation.addEventListener('message', ({ detail }) => this.#receive(detail));
    conversation.addEventListener('delivered', ({ detail }) => this.#delivered(detail));
    conversation.addEventListener('typing', () => this.#typing(TYPING_SHOWN_MS));
    conversation.addEventListener('owner', ({ detail }) => this.#owner(detail));
    conversation.addEventListener('line', ({ detail }) => this.#line(detail));
    conversation.addEventListener('gone', () => this.#gone().catch(() => {}));
    SHEET.addEventListener('change', () => this.#redisplay());
    window.visualViewport?.addEventListener('resize', () => this.#fitViewport());
  }

  // Opening

  #display(byCitizen) {
    if (SHEET.matches) this.node.showModal();
    else this.node.setAttribute('open', '');
    if (!byCitizen && !SHEET.matches) this.node.getRootNode().activeElement?.blur();
    this.#fitViewport();
    this.composer.fit();
  }

  /** From a sheet to a panel or back when the window changes, without losing the focus. */
  #redisplay() {
    if (!this.isOpen) return;
    const focused = this.node.getRootNode().activeElement;
    this.node.close();
    this.#display(true);
    focused?.focus({ preventScroll: true });
  }

  #focusStart() {
    if (FINE_POINTER.matches) this.composer.focus();
    else this.title.focus();
  }

  /** Above the keyboard of a phone, not behind it. */
  #fitViewport() {
    const height = SHEET.matches ? `${window.visualViewport?.height ?? innerHeight}px` : '';
    this.node.style.setProperty('--viewport', height);
  }

  /** Begins or restores the conversation, once; throws `Refusal`. */
  async #begin() {
    this.beginning ??= this.#startOrRestore();
    await this.beginning;
    this.log.announced = this.isOpen;
  }

  async #startOrRestore() {
    const restoring = this.conversation.exists;
    this.log.announced = this.isOpen && !restoring;
    try {
      if (restoring) await this.#restore();
      else await this.conversation.start(this.words.language);
    } catch (refusal) {
      this.beginning = null;
      if (!restoring || !refusal.gone) throw refusal;
      await this.#gone();
    }
  }

  async #restore() {
    const { top, unsent = [] } = this.memory.conversation;
    await this.conversation.restore();
    for (const message of unsent) {
      if (this.log.messages.some(({ id }) => id === message.id)) continue;
      this.log.addOwn(message);
      this.log.markFailed(message, this.words.say('failed'));
    }
    this.log.returnTo(top);
  }

  #startFailed(refusal) {
    const again = element('button', { type: 'button', class: 'retry' }, this.words.say('retry'));
    const reason = refusal.text ?? this.words.say('start_failed');
    const remark = this.log.remark(reason, again);
    this.whisper.textContent = reason;
    again.addEventListener('click', async () => {
      this.composer.focus();
      remark.remove();
      await this.#begin().catch((next) => this.#startFailed(next));
    });
  }

  /** Begins again where the server no longer has the conversation. */
  async #gone() {
    this.conversation.abandon();
    this.log.clear();
    this.log.remark(this.words.say('expired'));
    this.beginning = null;
    await this.#begin();
  }

  async #startAfresh() {
    this.log.announced = false;
    this.log.clear();
    this.composer.clear();
    this.beginning = null;
    const remark = this.log.remark(this.words.say('deleted'));
    remark.focus();
    await this.#begin().catch((refusal) => this.#startFailed(refusal));
  }

  // Messages

  async #say(text, payload) {
    const message = { id: newMessageId(), text, payload, language: this.words.language };
    this.log.addOwn(message);
    if (payload && FINE_POINTER.matches) this.composer.focus();
    await this.#deliver(message);
  }

  async #deliver(message, { again = false } = {}) {
    this.#forgetUnsent(message.id);
    this.log.markSent(message.id);
    this.#notice('');
    this.#typing(TYPING_SHOWN_MS * 3);
    try {
      await this.#begin();
      await this.conversation.send(message.id, message);
    } catch (refusal) {
      if (refusal.gone && !again) return await this.#deliverAnew(message);
      this.#notSent(message, refusal);
    }
    this.#typing(0);
  }

  async #deliverAnew(message) {
    await this.#gone().catch(() => {});
    this.log.addOwn(message);
    await this.#deliver(message, { again: true });
  }

  #notSent(message, refusal) {
    const reason = refusal.text ?? this.words.say('failed');
    this.memory.keep({ unsent: [...(this.memory.conversation.unsent ?? []), message] });
    this.log.markFailed(message, reason);
    this.whisper.textContent = reason;
  }

  #delivered({ id, text }) {
    this.#forgetUnsent(id);
    this.log.markSent(id);
    this.log.correct(id, text);
  }

  #forgetUnsent(id) {
    const { unsent = [] } = this.memory.conversation;
    if (unsent.length) this.memory.keep({ unsent: unsent.filter((message) => message.id !== id) });
  }

  #receive(message) {
    const { near } = this.log;
    const asked = !this.log.dots.hidden;
    const item = this.log.add(message);
    if (message.from !== 'citizen') this.#typing(0);
    if (!this.isOpen) this.arrived(message);
    else if (asked) this.log.follow(this.log.question ?? item);
    else if (near) this.log.follow(item);
  }

  // What the citizen is told

  /** Shows the dots for `ms` and says so once to those who do not see them. */
  #typing(ms) {
    clearTimeout(this.typingTimer);
    const shown = ms > 0;
    if (shown && this.log.dots.hidden) this.whisper.textContent = this.words.say('typing');
    if (!shown && this.whisper.textContent === this.words.say('typing'))
      this.whisper.textContent = '';
    this.log.typing = shown;
    if (shown) this.typingTimer = setTimeout(() => this.#typing(0), ms);
  }

  #owner(owner) {
    const key = { waiting: 'state_waiting', person: 'state_person' }[owner];
    this.owner.textContent = key ? this.words.say(key) : '';
  }

  #line(reachable) {
    const key = navigator.onLine ? 'reconnecting' : 'offline';
    this.line.textContent = reachable ? '' : this.words.say(key);
  }

  #notice(text) {
    this.status.textContent = text;
  }

  // Keys and options

  #key(event) {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.#dismiss();
  }

  #cancel(event) {
    event.preventDefault();
    this.#dismiss();
  }

  #dismiss() {
    if (!this.options.open) return this.close();
    this.options.close();
    this.options.button.focus();
  }

  #outsideOptions(event) {
    if (!event.composedPath().includes(this.options.node)) this.options.close();
  }

  #resize(size) {
    this.node.dataset.size = size;
    if (this.isOpen) this.composer.fit();
  }

  #act(name) {
    const deeds = {
      copy: () => this.#copy(),
      print: () => this.#print(),
      download: () => {
        downloadText(transcriptText(this.log.messages, this.words));
        this.#notice(this.words.say('downloaded'));
      },
      restart: () => {
        this.#say(this.words.say('restart_message'));
        this.composer.focus();
      },
      delete: () => this.dialog.ask(),
    };
    deeds[name]();
  }

  async #copy() {
    try {
      await copyText(transcriptText(this.log.messages, this.words), this.node);
      this.#notice(this.words.say('copied'));
    } catch {
      this.#notice(this.words.say('copy_failed'));
    }
  }

  async #print() {
    const { words } = this;
    const css = await fetchPatiently(new URL('widget/print.css', this.base), (file) => file.text());
    const context = { words, ticks: this.log.ticks };
    const title = words.say('transcript_title');
    const content = [
      element('h1', {}, title),
      element('p', {}, words.say('transcript_note')),
      element(
        'ol',
        {},
        this.log.messages.map((message) => renderMessage(message, context)),
      ),
    ];
    printPaper(content, { title, language: words.language, css, near: this.node });
  }

  get #otherLanguage() {
    const codes = Object.keys(LANGUAGES);
    return codes[(codes.indexOf(spoken(this.words.language)) + 1) % codes.length];
  }

  #languageButton() {
    this.languageButton.textContent = LANGUAGES[this.#otherLanguage];
    this.languageButton.lang = this.#otherLanguage;
    this.node?.setAttribute('lang', this.words.language);
  }
}
