/** One message of the conversation as a list item. */

import { renderCard, renderSource } from './card.js';
import { element, icon, outsideLink } from './dom.js';
import { spoken } from './words.js';

const ADDRESS = /https:\/\/[^\s<>"«»]+[^\s<>"«».,;:!?)\]·]/;
const CONTACT = /^(\d{3,10}) [–-] (.+)$/;
const EMERGENCY_NUMBER = /(?<![\d.,/-])1\d{2,5}(?![\d.,/-]*\d)/;

/**
 * `message` as a list item in its own language.
 * `words` gives the fixed texts, `ticks` the documents ticked, `choose` says what a button says.
 */
export function renderMessage(message, { words, ticks, choose }) {
  const language = spoken(message.language) ?? words.language;
  const context = {
    say: (key, values) => words.say(key, values, language),
    date: (iso) => words.date(iso, language),
    ticks,
    choose,
  };
  const outcome = message.answer?.outcome ?? '';
  return element(
    'li',
    {
      class: `message from-${message.from} ${outcome}`.trim(),
      lang: message.language?.split('-')[0] || language,
      'data-id': message.id,
    },
    element('span', { class: 'unseen' }, `${context.say(`speaker_${message.from}`)}: `),
    message.from === 'person' && element('p', { class: 'speaker' }, context.say('speaker_person')),
    outcome === 'crisis' && banner('crisis', context),
    outcome === 'partly_answered' && banner('partly', context),
    saysMore(message) && renderBubble(message, words),
    message.card && renderCard(message, context),
    !message.card && sources(message, context),
  );
}

/** Whether the text says what the card does not: each is complete by itself. */
export const saysMore = ({ text, card, answer }) =>
  text && !(card && answer?.outcome === 'answered');

/** The text of `message`, its addresses and emergency numbers linked. */
export function renderBubble(message, words) {
  const say = (key, values) => words.say(key, values, message.language);
  const outcome = message.answer?.outcome;
  return element('div', { class: 'bubble' }, paragraphs(message.text, outcome, { say }));
}

const banner = (key, { say }) =>
  element('p', { class: `banner ${key}` }, key === 'crisis' && icon('phone'), say(key));

function sources(message, context) {
  return (message.answer?.sources ?? []).map((source) => renderSource(source, context));
}

function paragraphs(text, outcome, context) {
  return text.split(/\n{2,}/).map((paragraph) =>
    element(
      'p',
      {},
      paragraph.split('\n').flatMap((line, index) => {
        const call = outcome === 'crisis' && CONTACT.exec(line);
        if (call) return [callLink(call[1], call[2])];
        return [index > 0 && element('br'), ...linked(line, outcome, context)];
      }),
    ),
  );
}

const callLink = (number, name) =>
  element(
    'a',
    { class: 'call', href: `tel:${number}` },
    icon('phone'),
    element('strong', {}, number),
    ' ',
    element('span', {}, name),
  );

/** `line` with its https addresses as links and, in a crisis, its numbers as calls. */
function linked(line, outcome, { say }) {
  const pattern = outcome === 'crisis' ? EMERGENCY_NUMBER : ADDRESS;
  const found = pattern.exec(line);
  if (!found) return [line];
  const [match] = found;
  const link =
    outcome === 'crisis'
      ? element('a', { class: 'number', href: `tel:${match}` }, match)
      : outsideLink(match, match, say('new_tab'));
  const rest = line.slice(found.index + match.length);
  return [line.slice(0, found.index), link, ...linked(rest, outcome, { say })];
}
