/** Building elements without ever reading text as markup. */

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  mark: 'M4 20h16V4H4v11h11V9H9v2.5',
  close: 'M6 6l12 12M18 6L6 18',
  options: 'M4 7h16M4 12h16M4 17h16',
  send: 'M12 20V5M5.5 11.5L12 5l6.5 6.5',
  chevron: 'M6 9.5l6 6 6-6',
  external: 'M9 5H5v14h14v-4M13 5h6v6M19 5l-8.5 8.5',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  download: 'M12 4v11M6.5 10L12 15.5 17.5 10M5 20h14',
  restart: 'M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4',
  delete: 'M5 7h14M9.5 7V4h5v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  phone:
    'M6 4h3.5l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5V18a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z',
};

/**
 * An element with attributes and children.
 * A function among the attributes listens to the event of its name (`onclick`); `null`,
 * `undefined` and `false` leave an attribute or a child out.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== false && child != null));
  return node;
}

/** A decorative line drawing, hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  svg.classList.add('icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** `address` as a URL if it is safe to link (https or tel), else `null`. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ['https:', 'tel:'].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** A link that opens outside the conversation; plain `text` where the address is not safe. */
export function outsideLink(address, text, newTab) {
  const url = safeAddress(address);
  if (!url) return element('span', {}, text);
  if (url.protocol === 'tel:') return element('a', { href: url.href }, text);
  return element(
    'a',
    { href: url.href, target: '_blank', rel: 'noopener noreferrer', class: 'outside' },
    text,
    icon('external'),
    element('span', { class: 'unseen' }, ` ${newTab}`),
  );
}

let serial = 0;

/** An id that is new in this shadow root. */
export const newId = (stem) => `${stem}-${++serial}`;
