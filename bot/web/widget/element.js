/** The custom element <ariadne-assistant>: launcher and panel in a shadow root. */

import { element, icon } from './dom.js';
import { Memory } from './memory.js';
import { Panel } from './panel.js';
import { fetchPatiently, LANGUAGES, ORIGINAL, spoken, Words } from './words.js';

const WIDE = matchMedia('(min-width: 64em) and (min-height: 30em)');
const SILENT =
  'Η Αριάδνη δεν είναι διαθέσιμη αυτή τη στιγμή. Δοκιμάστε ξανά σε λίγο. ' +
  'Ariadne is not available right now. Please try again in a little while.';

/**
 * Attributes: `language` ("el", "en") to begin with; `open` to open on load where the window is
 * wide. Event: `ariadne-language`, whose `detail` is the language changed to.
 */
export class AriadneAssistant extends HTMLElement {
  /** The address of the assistant, with a trailing slash. */
  static base;

  #ready = null;
  #unread = 0;

  /** Fetches style and texts and shows the launcher; done once. */
  begin() {
    this.#ready ??= this.#load();
    return this.#ready;
  }

  /** Opens the panel and asks `text`. */
  async ask(text) {
    await this.begin();
    await this.panel?.ask(text);
  }

  /** Opens the panel. */
  async show() {
    await this.begin();
    await this.panel?.open();
  }

  /** Changes the language of the widget. */
  async speak(language) {
    await this.begin();
    await this.panel?.speak(language);
  }

  /** The language that the widget speaks now. */
  async language() {
    await this.begin();
    return this.panel?.words.language ?? document.documentElement.lang;
  }

  async #load() {
    const { base } = AriadneAssistant;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const memory = new Memory();
    const words = new Words(base, this.#firstLanguage(memory));
    this.#toTop();
    try {
      const [style] = await Promise.all([
        fetchPatiently(new URL('widget/ariadne.css', base), (file) => file.text()),
        words.load(words.language),
      ]);
      root.adoptedStyleSheets = [sheet(style)];
    } catch {
      this.#beSilent(root);
      return;
    }
    for (const language of Object.keys(LANGUAGES)) words.load(language).catch(() => {});
    this.#furnish(root, words, memory);
    this.#openAsBefore(memory);
  }

  #furnish(root, words, memory) {
    this.panel = new Panel(words, memory, AriadneAssistant.base, {
      opened: () => this.#opened(),
      closed: () => this.#closed(),
      arrived: (message) => this.#arrived(message, words),
      spoke: (language) => this.#spoke(language),
    });
    this.unread = element('span', { class: 'unread', hidden: true });
    this.launcher = element(
      'button',
      {
        type: 'button',
        class: 'launcher',
        'aria-haspopup': 'dialog',
        onclick: () => this.panel.open(),
      },
      icon('mark'),
      words.show(element('span'), 'launcher'),
      ' ',
      this.unread,
    );
    this.shore = element('section', { lang: words.language }, this.launcher);
    words.show(this.shore, 'name', 'aria-label');
    root.replaceChildren(this.shore, this.panel.node);
  }

  #openAsBefore(memory) {
    const { open } = memory.conversation;
    const asked = open ?? (this.hasAttribute('open') && WIDE.matches);
    if (asked) this.panel.open({ byCitizen: false });
  }

  #opened() {
    this.#unread = 0;
    this.unread.hidden = true;
    this.unread.textContent = '';
    this.launcher.hidden = true;
  }

  #closed() {
    this.launcher.hidden = false;
    this.launcher.focus();
  }

  #arrived(message, words) {
    if (message.from === 'citizen') return;
    this.unread.textContent = words.say('unread', { count: ++this.#unread });
    this.unread.hidden = false;
  }

  #spoke(language) {
    this.shore.lang = language;
    this.dispatchEvent(new CustomEvent('ariadne-language', { detail: language }));
  }

  #firstLanguage(memory) {
    const wishes = [
      memory.conversation.language,
      this.getAttribute('language'),
      document.documentElement.lang,
    ];
    return wishes.map(spoken).find(Boolean) ?? ORIGINAL;
  }

  /** Above whatever the page stacks, where the browser has a top layer for it. */
  #toTop() {
    if (!this.showPopover || this.matches(':popover-open')) return;
    this.popover = 'manual';
    this.showPopover();
  }

  #beSilent(root) {
    root.adoptedStyleSheets = [sheet(':host { position: fixed; inset: auto 1em 1em auto }')];
    root.replaceChildren(element('p', { role: 'status' }, SILENT));
  }
}

function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
