/**
 * One participant's recent poses, and where to show them now. Between two poses it interpolates; past the newest it goes on for at most
 * `EXTRAPOLATION_MS` and then comes back to what was really said, for silence means standing still.
 */
import { POSE, type PoseNumbers } from "./pose";
import { FLAG, RECORD } from "./protocol.gen";

export const EXTRAPOLATION_MS = 100;
const RETURN_MS = 200;
const KEPT = 8;
/** Faster than anybody walks: shown as a jump even when nobody said so. */
const JUMP_METRES_PER_S = 15;
/** A buffer grows or shrinks by at most this share of real time, which nobody sees. */
const DELAY_SLEW = 0.1;

export class Track {
  readonly #poses: readonly PoseNumbers[] = Array.from({ length: KEPT }, () => new Float32Array(POSE.size));
  readonly #times = new Float64Array(KEPT);
  readonly #jumps = new Uint8Array(KEPT);
  #newest = -1;
  #count = 0;
  #delay_ms = 0;
  #shown_ms = 0;
  /** Whose it is. */
  readonly slot: number;
  /** Flags and kind of the newest record. */
  flags = 0;
  kind = 0;

  constructor(slot = 0) {
    this.slot = slot;
  }

  get known(): boolean {
    return this.#count > 0;
  }

  get newest_ms(): number {
    return this.#count ? this.#times[this.#newest]! : -Infinity;
  }

  clear(): void {
    this.#count = 0;
    this.#newest = -1;
    this.#delay_ms = 0;
  }

  /** A record of room time `time_ms`; `interval_ms` is how often its kind comes. */
  push(time_ms: number, interval_ms: number, kind: number, flags: number, pose: PoseNumbers): void {
    if (this.#count && time_ms <= this.newest_ms) return;
    const before = this.#count ? this.#poses[this.#newest]! : null;
    const gap = time_ms - this.newest_ms;
    let jump = (flags & FLAG.jump) !== 0 || !before;
    if (before && !jump) {
      jump = distance(before, pose) / gap > JUMP_METRES_PER_S / 1000;
      // Who stood still was not sent: they stood until one interval ago, and did not drift here all that while.
      if (!jump && gap > 1.6 * interval_ms) this.#put(time_ms - interval_ms, before, false);
    }
    const slot = this.#put(time_ms, pose, jump);
    // Crumbs say where, not how: rotation and hands stay as they were last seen.
    if (kind === RECORD.crumb.kind) {
      if (before) for (let i = POSE.rotation; i < POSE.size; i++) slot[i] = before[i]!;
      else slot[POSE.rotation + 3] = 1;
      this.flags &= ~(FLAG.hands | FLAG.left | FLAG.right);
    } else this.flags = flags;
    this.kind = kind;
  }

  #put(time_ms: number, pose: PoseNumbers, jump: boolean): PoseNumbers {
    this.#newest = (this.#newest + 1) % KEPT;
    this.#count = Math.min(KEPT, this.#count + 1);
    const slot = this.#poses[this.#newest]!;
    if (slot !== pose) slot.set(pose);
    this.#times[this.#newest] = time_ms;
    this.#jumps[this.#newest] = jump ? 1 : 0;
    return slot;
  }

  /** Writes to `out` at `at` where to show this participant at room time `now_ms`, `delay_ms` behind it. False when nothing is known. */
  sample(now_ms: number, delay_ms: number, out: Float32Array, at: number): boolean {
    if (!this.#count) return false;
    const passed = Math.max(0, now_ms - this.#shown_ms);
    if (!this.#delay_ms || passed > 1000) this.#delay_ms = delay_ms;
    const reach = passed * DELAY_SLEW;
    this.#delay_ms += Math.max(-reach, Math.min(reach, delay_ms - this.#delay_ms));
    this.#shown_ms = now_ms;
    this.#write(now_ms - this.#delay_ms, out, at);
    return true;
  }

  #write(time_ms: number, out: Float32Array, at: number): void {
    let later = this.#newest;
    if (time_ms >= this.#times[later]!) return this.#beyond(time_ms - this.#times[later]!, out, at);
    for (let back = 1; back < this.#count; back++) {
      const earlier = (this.#newest - back + KEPT) % KEPT;
      if (this.#times[earlier]! <= time_ms) {
        const share = (time_ms - this.#times[earlier]!) / (this.#times[later]! - this.#times[earlier]!);
        return blend(this.#poses[earlier]!, this.#poses[later]!, this.#jumps[later] ? 0 : share, out, at);
      }
      later = earlier;
    }
    const oldest = this.#poses[later]!;
    blend(oldest, oldest, 0, out, at);
  }

  #beyond(past_ms: number, out: Float32Array, at: number): void {
    const newest = this.#poses[this.#newest]!;
    const back = (this.#newest - 1 + KEPT) % KEPT;
    const gap = this.#count > 1 ? this.#times[this.#newest]! - this.#times[back]! : 0;
    if (!gap || this.#jumps[this.#newest]) return blend(newest, newest, 0, out, at);
    const ahead_ms =
      past_ms <= EXTRAPOLATION_MS
        ? past_ms
        : EXTRAPOLATION_MS * Math.max(0, 1 - (past_ms - EXTRAPOLATION_MS) / RETURN_MS);
    blend(this.#poses[back]!, newest, 1 + ahead_ms / gap, out, at);
  }
}

function distance(a: PoseNumbers, b: PoseNumbers): number {
  return Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
}

/** Positions by straight lines (also past 1), rotations by normalised lerp the short way (held at 1). */
function blend(a: PoseNumbers, b: PoseNumbers, share: number, out: Float32Array, at: number): void {
  for (let part = 0; part < 3; part++) {
    const from = part * 7;
    for (let i = from; i < from + 3; i++) out[at + i] = a[i]! + (b[i]! - a[i]!) * share;
    const q = from + 3;
    const turn = Math.min(1, share);
    const dot = a[q]! * b[q]! + a[q + 1]! * b[q + 1]! + a[q + 2]! * b[q + 2]! + a[q + 3]! * b[q + 3]!;
    const sign = dot < 0 ? -1 : 1;
    let norm = 0;
    for (let i = q; i < q + 4; i++) {
      out[at + i] = a[i]! * (1 - turn) + b[i]! * turn * sign;
      norm += out[at + i]! ** 2;
    }
    norm = Math.sqrt(norm) || 1;
    for (let i = q; i < q + 4; i++) out[at + i]! /= norm;
  }
  for (let i = POSE.curls; i < POSE.size; i++) out[at + i] = b[i]!;
}
