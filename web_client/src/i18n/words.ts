/** Words in the language of the moment: lookup, parameters, plurals, numbers and times. */
import type { Messages } from "./catalog";

export type Params = Readonly<Record<string, string | number>>;
export type Translate = (key: string, params?: Params) => string;

export class Words {
  readonly language: string;
  readonly #messages: Messages;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  readonly #time: Intl.DateTimeFormat;

  constructor(language: string, messages: Messages) {
    this.language = language;
    this.#messages = messages;
    const tag = bcp47(language);
    this.#plural = new Intl.PluralRules(tag);
    this.#number = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
    this.#time = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  has(key: string): boolean {
    return key in this.#messages;
  }

  /**
   * The words of `key`; with a number `count` the form `key.<plural rule>` where the language has one, else `key.other`.
   * Parameters are put in as they are: the answer is text and is only ever shown as text. A key without words answers itself.
   */
  readonly t: Translate = (key, params = {}) => {
    const pattern = this.#pattern(key, params["count"]);
    return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? this.number(value) : value;
    });
  };

  number(value: number): string {
    return this.#number.format(value);
  }

  /** Hours and minutes. */
  time(at: Date): string {
    return this.#time.format(at);
  }

  /** A name that people gave in several languages, e.g. a place's. */
  own(names: Readonly<Record<string, string>>): string {
    return names[this.language] ?? names["en"] ?? Object.values(names)[0] ?? "";
  }

  #pattern(key: string, count: string | number | undefined): string {
    if (typeof count === "number") {
      const form = this.#messages[`${key}.${this.#plural.select(count)}`] ?? this.#messages[`${key}.other`];
      if (form !== undefined) return form;
    }
    return this.#messages[key] ?? key;
  }
}

/** The tag for `lang` and Intl. Our `zh` is written in simplified characters. */
export function bcp47(language: string): string {
  return language === "zh" ? "zh-Hans" : language;
}
