/** Words for screen readers. One polite and one assertive region stand in the page from the beginning, empty. */
import { el } from "../ui/dom";

const SHOWN_MS = 5000;

export class Announcer {
  readonly element: HTMLElement;
  readonly #polite = el("p", { "aria-live": "polite", role: "status" });
  readonly #urgent = el("p", { "aria-live": "assertive", role: "alert" });
  readonly #timers = new Map<HTMLElement, ReturnType<typeof setTimeout>>();

  constructor() {
    this.element = el("div", { class: "vh" }, this.#polite, this.#urgent);
  }

  say(words: string): void {
    this.#put(this.#polite, words);
  }

  alert(words: string): void {
    this.#put(this.#urgent, words);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Each sentence is a child of its own, so that the same words twice are read twice and none swallows the one before. */
  #put(region: HTMLElement, words: string): void {
    region.append(el("span", {}, `${words} `));
    clearTimeout(this.#timers.get(region));
    this.#timers.set(
      region,
      setTimeout(() => region.replaceChildren(), SHOWN_MS),
    );
  }
}
