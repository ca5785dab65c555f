/** Numbered events, each once and in order. What was seen is skipped; a hole means that the line must be resumed. */
export class EventGap extends Error {}

export class EventOrder<E> {
  #next = 0;

  /** The number of the next event that is news. */
  get next(): number {
    return this.#next;
  }

  /** The highest number seen, 0 when none: what a resume offers. */
  get last(): number {
    return Math.max(0, this.#next - 1);
  }

  start(next: number): void {
    this.#next = next;
  }

  /** Calls `apply` with each event that is news. Throws EventGap when some are missing. */
  take(first: number, events: readonly E[], apply: (event: E) => void): void {
    if (first > this.#next) throw new EventGap(`events ${this.#next} to ${first - 1} are missing`);
    for (let i = this.#next - first; i < events.length; i++) {
      this.#next++;
      apply(events[i]!);
    }
  }
}
