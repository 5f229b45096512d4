/** The conversation to take away: as plain text, as a file, on paper. */

import { orderedSections } from './card.js';
import { element } from './dom.js';
import { saysMore } from './message.js';

/** The conversation as plain text, cards written out in full. */
export function transcriptText(messages, words) {
  const head = [words.say('transcript_title'), words.say('transcript_note'), ''];
  return [...head, ...messages.map((message) => messageText(message, words))].join('\n');
}

function messageText(message, words) {
  const language = message.language ?? words.language;
  const say = (key, values) => words.say(key, values, language);
  const time = words.time(new Date(message.time), language);
  const lines = [`${say(`speaker_${message.from}`)} (${time})`];
  if (saysMore(message)) lines.push(message.text);
  if (message.card) lines.push(cardText(message.card));
  const sources = message.card?.source ? [message.card.source] : (message.answer?.sources ?? []);
  for (const source of sources)
    lines.push(sourceText(source, say, (iso) => words.date(iso, language)));
  return `${lines.filter(Boolean).join('\n')}\n`;
}

function cardText(card) {
  const sections = orderedSections(card).flatMap((section) => [
    '',
    section.title,
    ...section.items.map((item, index) => `${bullet(section, index)} ${itemText(item)}`),
  ]);
  return ['', card.title, card.summary, ...sections].filter((line) => line != null).join('\n');
}

const bullet = (section, index) => (section.kind === 'steps' ? `${index + 1}.` : '-');

const itemText = (item) =>
  [item.channel && `${item.channel}:`, item.text, item.when && `(${item.when})`, item.url]
    .filter(Boolean)
    .join(' ');

const sourceText = (source, say, date) =>
  `${say('source')}: ${source.title}, ${source.url}` +
  (source.checked ? ` (${say('checked', { date: date(source.checked) })})` : '');

/** Copies `text`; throws when the browser will not. `near` is where a helper field may stand. */
export async function copyText(text, near) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = element('textarea', { class: 'unseen', 'aria-hidden': 'true', tabindex: '-1' });
  field.value = text;
  near.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (!copied) throw new Error('copy refused');
}

/** Hands `text` to the citizen as a file named after the day. */
export function downloadText(text) {
  const file = new Blob(['\ufeff', text.replace(/\n/g, '\r\n')], {
    type: 'text/plain;charset=utf-8',
  });
  const address = URL.createObjectURL(file);
  const name = `ariadne-${new Date().toISOString().slice(0, 10)}.txt`;
  element('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * Prints `content` on its own, without the page around the widget: in a frame put into `near`.
 * `css` is the print style sheet.
 */
export function printPaper(content, { title, language, css, near }) {
  near.querySelector('iframe')?.remove();
  const frame = element('iframe', { class: 'paper', title, 'aria-hidden': 'true', tabindex: '-1' });
  near.append(frame);
  const { contentDocument: paper, contentWindow: view } = frame;
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(css);
  paper.adoptedStyleSheets = [sheet];
  paper.documentElement.lang = language;
  paper.title = title;
  paper.body.replaceChildren(...content);
  view.addEventListener('afterprint', () => frame.remove());
  view.print();
}
