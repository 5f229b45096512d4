/** An answer card: what was asked first and open, the rest one tap away, the source at the foot. */

import { element, icon, newId, outsideLink, safeAddress } from './dom.js';

/** Documents that only some bring, from which on they are folded. */
const MANY = 3;

/** The sections of `card`, the one asked for first. */
export function orderedSections(card) {
  const sections = card.sections ?? [];
  const first = sections.find((section) => section.aspect === card.focus);
  return first ? [first, ...sections.filter((section) => section !== first)] : sections;
}

/**
 * The card of `message` as an element.
 * `say(key, values)` and `date(iso)` speak the language of the message; `ticks` remembers the
 * documents ticked; `choose({title, payload})` says what a
 * button says, and is missing on paper.
 */
export function renderCard(message, { say, date, ticks, choose }) {
  const { card } = message;
  const title = element('h3', { id: newId('card') }, card.title);
  const sections = orderedSections(card);
  const content = { say, ticks, key: message.answer?.procedure_id ?? card.title };
  return element(
    'article',
    { class: 'card', 'aria-labelledby': title.id },
    title,
    card.summary && element('p', { class: 'summary' }, card.summary),
    card.more && wholeText(card.more, say),
    someIn(message) && element('p', { class: 'note' }, say('other_language')),
    sections.slice(0, 1).map((section) => openSection(section, content)),
    sections.slice(1).map((section) => foldingSection(section, content)),
    card.source && renderSource(card.source, { say, date }),
    choose && message.answer?.procedure_id && feedback(message.answer.procedure_id, { say, choose }),
  );
}

/** What a citizen presses to say that the answer is wrong, old or unclear. */
function feedback(procedure, { say, choose }) {
  const payload = `/give_feedback_on_procedure${JSON.stringify({ procedure })}`;
  const press = () => choose({ title: say('feedback_message'), payload });
  return element('button', { type: 'button', class: 'feedback', onclick: press }, say('feedback'));
}

function openSection(section, content) {
  return element(
    'section',
    { class: 'section' },
    element('h4', {}, section.title),
    sectionBody(section, content),
  );
}

/** Whether some of the card's texts are in another language than the message. */
const someIn = ({ card, language }) =>
  card.sections.some(({ items }) => items.some((item) => (item.language ?? language) !== language));

const foldingSection = (section, content) =>
  fold('h4', section.title, Boolean(section.open), sectionBody(section, content));

/** Folded, its body is out of the live region: opening it is not a new message. */
function fold(heading, title, open, content) {
  const body = element(
    'div',
    { id: newId('section'), hidden: !open, 'aria-live': open ? null : 'off' },
    content,
  );
  const toggle = () => {
    body.hidden = !body.hidden;
    button.setAttribute('aria-expanded', String(!body.hidden));
  };
  const button = element(
    'button',
    {
      type: 'button',
      class: 'fold',
      'aria-expanded': String(open),
      'aria-controls': body.id,
      onclick: toggle,
    },
    element('span', {}, title),
    icon('chevron'),
  );
  return element('section', { class: 'section folding' }, element(heading, {}, button), body);
}

function sectionBody(section, content) {
  const items = section.items ?? [];
  if (section.kind === 'checklist') return checklist(section, content);
  if (section.kind === 'text') {
    return element(
      'div',
      {},
      items.map((item) => element('p', {}, itemContent(item, content))),
    );
  }
  const list = section.kind === 'steps' ? 'ol' : 'ul';
  return element(
    list,
    { class: section.kind, role: 'list' },
    items.map((item) => element('li', {}, element('div', {}, itemContent(item, content)))),
  );
}

function checklist(section, { say, ticks, key }) {
  const ticked = ticks.of(key);
  const count = element('p', { class: 'count', 'aria-live': 'off' });
  const recount = () => {
    const done = section.items.filter((item) => ticked.has(item.text)).length;
    count.textContent = say('checklist_done', { done, all: section.items.length });
  };
  const tick = (item, box) => {
    if (box.checked) ticked.add(item.text);
    else ticked.delete(item.text);
    ticks.keep(key, ticked);
    recount();
  };
  const row = (item) => {
    const box = element('input', { type: 'checkbox', checked: ticked.has(item.text) });
    box.addEventListener('change', () => tick(item, box));
    const label = element(
      'label',
      {},
      box,
      element('span', { lang: item.language }, typed(item), item.text, tag(item)),
    );
    return element('li', {}, label, item.more && wholeText(item.more, say), itemLink(item, say));
  };
  const list = (items) => element('ul', { class: 'checklist', role: 'list' }, items.map(row));
  const { always, sometimes } = byNeed(section.items);
  recount();
  return element(
    'div',
    {},
    list(always),
    sometimes.length > 0 && fold('h5', say('checklist_sometimes'), false, list(sometimes)),
    count,
  );
}

/** What everybody brings, and what some do: few of these stay in sight among the others. */
function byNeed(items) {
  const sometimes = items.filter((item) => item.when);
  if (sometimes.length < MANY || sometimes.length === items.length) {
    return { always: items, sometimes: [] };
  }
  return { always: items.filter((item) => !item.when), sometimes };
}

const itemContent = (item, { say }) => [
  item.channel && element('strong', {}, `${item.channel}: `),
  element('span', { lang: item.language }, typed(item), item.text),
  tag(item),
  item.more && wholeText(item.more, say),
  itemLink(item, say),
];

/** What the registry says a document is, before what it is called. */
const typed = (item) => item.type && element('strong', {}, `${item.type}: `);

/** The official text of what is shown shortened, one tap away. */
const wholeText = (text, say) =>
  element(
    'details',
    { class: 'whole' },
    element('summary', {}, say('more')),
    element('p', {}, text),
  );

/** The cases that an item holds for, one tag each. */
const tag = (item) =>
  (item.when ?? '')
    .split(', ')
    .filter(Boolean)
    .map((when) => [' ', element('span', { class: 'tag' }, when)]);

function itemLink(item, say) {
  const url = safeAddress(item.url);
  if (!url) return null;
  const text =
    url.protocol === 'tel:'
      ? say('call', { number: url.pathname })
      : say('open_link', { host: url.host.replace(/^www\./, '') });
  return element('span', { class: 'item-link' }, outsideLink(item.url, text, say('new_tab')));
}

/** The official source and the day the facts were compared with it. */
export function renderSource(source, { say, date }) {
  return element(
    'p',
    { class: 'source' },
    `${say('source')}: `,
    outsideLink(source.url, source.title, say('new_tab')),
    source.checked &&
      element('span', { class: 'checked' }, say('checked', { date: date(source.checked) })),
  );
}
