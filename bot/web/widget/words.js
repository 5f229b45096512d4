/** The widget's texts, by language, and the nodes that show them. */

export const LANGUAGES = { el: 'Ελληνικά', en: 'English' };
export const ORIGINAL = 'el';

const PAUSES_MS = [500, 1500, 4000];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `url` fetched and read by `read`; tried again after each of `PAUSES_MS` before it throws. */
export async function fetchPatiently(url, read) {
  for (const ms of [...PAUSES_MS, null]) {
    try {
      const response = await fetch(url, { credentials: 'omit' });
      if (response.ok) return await read(response);
      throw new Error(`${url}: ${response.status}`);
    } catch (error) {
      if (ms === null) throw error;
      await pause(ms);
    }
  }
}

/** `code` as a language that has texts: `el-Latn` is `el`; `null` for one that has none. */
export function spoken(code) {
  const language = String(code ?? '')
    .split('-')[0]
    .toLowerCase();
  return language in LANGUAGES ? language : null;
}

export class Words {
  #tables = {};
  #shown = [];

  constructor(base, language) {
    this.base = base;
    this.language = language;
  }

  /** Fetches the texts of `language`; throws when the server stays silent. */
  async load(language) {
    const url = new URL(`widget/texts/${language}.json`, this.base);
    this.#tables[language] ??= await fetchPatiently(url, (response) => response.json());
  }

  /** The text of `key`, its `{placeholders}` filled, in `language` or in the current one. */
  say(key, values = {}, language = this.language) {
    const text = this.#tables[spoken(language)]?.[key] ?? this.#tables[this.language]?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** Whether the texts of `language` have arrived. */
  knows(language) {
    return spoken(language) in this.#tables;
  }

  /** Shows `key` as the text (or the `attribute`) of `node`, now and in every later language. */
  show(node, key, attribute) {
    const apply = () => {
      if (attribute) node.setAttribute(attribute, this.say(key));
      else node.textContent = this.say(key);
    };
    this.#shown.push(apply);
    apply();
    return node;
  }

  /** Changes the language of every text shown. */
  async use(language) {
    await this.load(language);
    this.language = language;
    for (const apply of this.#shown) apply();
  }

  /** `isoDate` («2024-05-10») as people write it: «10 Μαΐου 2024». */
  date(isoDate, language = this.language) {
    const day = new Date(`${isoDate.slice(0, 10)}T12:00:00Z`);
    if (Number.isNaN(day.getTime())) return isoDate;
    const style = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
    return new Intl.DateTimeFormat(region(language), style).format(day);
  }

  number(value, language = this.language) {
    return new Intl.NumberFormat(region(language)).format(value);
  }

  time(moment, language = this.language) {
    const style = { dateStyle: 'short', timeStyle: 'short' };
    return new Intl.DateTimeFormat(region(language), style).format(moment);
  }
}

const region = (language) => ({ el: 'el-GR', en: 'en-GB' })[spoken(language) ?? ORIGINAL];
