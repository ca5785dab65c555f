/** Who came and who left, gathered: a class of thirty is one sentence, not thirty. */
import type { Participant } from "../hall/state";
import type { Translate } from "../i18n/words";

const GATHER_MS = 2500;
const NAMED = 2;

/** One sentence for each direction, or none. Up to two people are named, more are counted. */
export function sentence(kind: "arrived" | "left", names: readonly string[], t: Translate): string | null {
  if (names.length === 0) return null;
  if (names.length > NAMED) return t(`live.${kind}.count`, { count: names.length });
  return t(`live.${kind}`, { names: names.join(t("live.and")) });
}

export class Arrivals {
  readonly #say: (words: string) => void;
  readonly #t: () => Translate;
  #known: Map<string, string> | null = null;
  readonly #came = new Map<string, string>();
  readonly #went = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(say: (words: string) => void, t: () => Translate) {
    this.#say = say;
    this.#t = t;
  }

  /** Hears of everybody who is here now. The first list is whom one meets: nobody "came in". */
  update(people: readonly Participant[]): void {
    const now = new Map(
      people.filter((person) => !person.self && !person.blocked).map((person) => [person.participant, person.name]),
    );
    if (this.#known === null) {
      this.#known = now;
      return;
    }
    for (const [id, name] of now) if (!this.#known.has(id) && !this.#went.delete(id)) this.#came.set(id, name);
    for (const [id, name] of this.#known) if (!now.has(id) && !this.#came.delete(id)) this.#went.set(id, name);
    this.#known = now;
    if (this.#came.size + this.#went.size > 0) this.#timer ??= setTimeout(() => this.#speak(), GATHER_MS);
  }

  /** Forgets whom it knew, e.g. after leaving. */
  reset(): void {
    this.#known = null;
    this.#came.clear();
    this.#went.clear();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #speak(): void {
    this.#timer = null;
    const t = this.#t();
    const came = sentence("arrived", [...this.#came.values()], t);
    const went = sentence("left", [...this.#went.values()], t);
    this.#came.clear();
    this.#went.clear();
    const words = [came, went].filter((part) => part !== null).join(" ");
    if (words) this.#say(words);
  }
}
