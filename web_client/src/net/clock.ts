/**
 * The room's clock, from pings. Of the last few round trips the shortest is believed: it had the least queueing, so half of it is
 * nearest to the truth. Corrections are walked towards, so that time never jumps for whoever interpolates by it.
 */
const KEPT = 16;
/** Fastest correction: milliseconds of clock a second of real time. */
const SLEW_MS_PER_S = 40;
/** A difference beyond this is no drift but a new truth (sleep, restart). */
const STEP_MS = 250;

export class RoomClock {
  readonly #rtts = new Float64Array(KEPT);
  readonly #offsets = new Float64Array(KEPT);
  #count = 0;
  #next = 0;
  #offset_ms = 0;
  #steered_ms = 0;
  #known = false;
  #last_ms = 0;
  rtt_ms = 0;

  /** From a welcome: a first guess, good to one way's delay. */
  guess(room_ms: number, now_ms: number): void {
    this.#count = this.#next = 0;
    this.#offset_ms = this.#steered_ms = room_ms - now_ms;
    this.#known = false;
    this.#last_ms = now_ms;
  }

  /** One ping's answer. All three in milliseconds, the first and last on our own clock. */
  sample(sent_ms: number, room_ms: number, received_ms: number): void {
    const rtt = received_ms - sent_ms;
    if (!(rtt >= 0) || rtt > 10_000) return;
    this.#rtts[this.#next] = rtt;
    this.#offsets[this.#next] = room_ms + rtt / 2 - received_ms;
    this.#next = (this.#next + 1) % KEPT;
    this.#count = Math.min(KEPT, this.#count + 1);
    let best = 0;
    for (let i = 1; i < this.#count; i++) if (this.#rtts[i]! < this.#rtts[best]!) best = i;
    this.rtt_ms = this.#rtts[best]!;
    this.#offset_ms = this.#offsets[best]!;
    if (!this.#known || Math.abs(this.#offset_ms - this.#steered_ms) > STEP_MS) this.#steered_ms = this.#offset_ms;
    this.#known = true;
  }

  /** Milliseconds since the room's epoch at `now_ms` of our own clock; never goes backwards by drift. */
  room(now_ms: number): number {
    const passed = Math.max(0, now_ms - this.#last_ms);
    this.#last_ms = Math.max(this.#last_ms, now_ms);
    const reach = (passed / 1000) * SLEW_MS_PER_S;
    this.#steered_ms += Math.max(-reach, Math.min(reach, this.#offset_ms - this.#steered_ms));
    return now_ms + this.#steered_ms;
  }
}
