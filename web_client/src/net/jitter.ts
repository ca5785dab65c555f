/** How unevenly frames arrive, and from that how long to wait before showing them. */

const WINDOW = 64;
/** Share of recent frames that the buffer wants to have in hand in time. */
const COVERED = 0.95;
const LEAST_INTERVALS = 1.5;
const MOST_INTERVALS = 2;

export class JitterMeter {
  readonly #late_ms = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #count = 0;
  #next = 0;
  /** Least lateness lately: the way's own delay. */
  base_ms = 0;
  /** How much later than that all but a few frames come. */
  jitter_ms = 0;

  /** A frame stamped `room_ms` arrived at `arrived_ms` of the room's clock. */
  arrived(room_ms: number, arrived_ms: number): void {
    this.#late_ms[this.#next] = arrived_ms - room_ms;
    this.#next = (this.#next + 1) % WINDOW;
    this.#count = Math.min(WINDOW, this.#count + 1);
    // 64 numbers twenty times a second; a copy into our own array makes no garbage.
    const sorted = this.#sorted;
    for (let i = 0; i < WINDOW; i++) sorted[i] = i < this.#count ? this.#late_ms[i]! : Infinity;
    sorted.sort();
    this.base_ms = sorted[0]!;
    this.jitter_ms = sorted[Math.min(this.#count - 1, Math.floor(this.#count * COVERED))]! - this.base_ms;
  }

  reset(): void {
    this.#count = this.#next = 0;
    this.base_ms = this.jitter_ms = 0;
  }

  /** Milliseconds behind the room's clock at which somebody sent every `interval_ms` is shown: 1.5 intervals on a steady line, 2 on a rough one. */
  delay_ms(interval_ms: number): number {
    const wanted = 1 + this.jitter_ms / interval_ms;
    return this.base_ms + interval_ms * Math.min(MOST_INTERVALS, Math.max(LEAST_INTERVALS, wanted));
  }
}
