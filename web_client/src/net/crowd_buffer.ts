/** Everybody's tracks, and the snapshot of all of them that the world draws from. */
import { JitterMeter } from "./jitter";
import { POSE, type PoseNumbers } from "./pose";
import { RECORD } from "./protocol.gen";
import { Track } from "./track";

/**
 * A snapshot is one ArrayBuffer: a head of float64, then `count` rows of float32. It travels between worker and page and back, and is never copied.
 */
export const SNAPSHOT = {
  head: { count: 0, room_ms: 1, rtt_ms: 2, frames: 3, transport: 4, size: 8 },
  row: { slot: 0, flags: 1, kind: 2, age_ms: 3, pose: 4, size: 4 + POSE.size },
} as const;

export function snapshotBytes(rows: number): number {
  return SNAPSHOT.head.size * 8 + rows * SNAPSHOT.row.size * 4;
}

const HEAD_HZ = 5;
const CRUMB_HZ = 1;

export class CrowdBuffer {
  readonly jitter = new JitterMeter();
  readonly #tracks = new Map<number, Track>();
  #tick_ms = 50;
  #frames = 0;

  /** Frames a second of the transport in use. */
  pace(tick_hz: number): void {
    this.#tick_ms = 1000 / tick_hz;
    this.jitter.reset();
  }

  get size(): number {
    return this.#tracks.size;
  }

  get frames(): number {
    return this.#frames;
  }

  frame(room_ms: number, arrived_ms: number): void {
    this.#frames++;
    this.jitter.arrived(room_ms, arrived_ms);
  }

  /** `room_ms` is the frame's time. */
  push(room_ms: number, slot: number, kind: number, flags: number, pose: PoseNumbers): void {
    let track = this.#tracks.get(slot);
    if (!track) this.#tracks.set(slot, (track = new Track(slot)));
    track.push(room_ms, this.#interval_ms(kind), kind, flags, pose);
  }

  remove(slot: number): void {
    this.#tracks.delete(slot);
  }

  clear(): void {
    this.#tracks.clear();
    this.jitter.reset();
  }

  #interval_ms(kind: number): number {
    const hz = kind === RECORD.head.kind ? HEAD_HZ : kind === RECORD.crumb.kind ? CRUMB_HZ : Infinity;
    return Math.max(this.#tick_ms, 1000 / hz);
  }

  /** Fills `rows` from its start with everybody but `ownSlot`; answers how many. `rows` must hold `size` of them, what does not fit is left out. */
  snapshot(now_ms: number, ownSlot: number, rows: Float32Array): number {
    const { row } = SNAPSHOT;
    let at = 0;
    let count = 0;
    for (const track of this.#tracks.values()) {
      if (track.slot === ownSlot) continue;
      if (at + row.size > rows.length) break;
      const delay_ms = this.jitter.delay_ms(this.#interval_ms(track.kind));
      if (!track.sample(now_ms, delay_ms, rows, at + row.pose)) continue;
      rows[at + row.slot] = track.slot;
      rows[at + row.flags] = track.flags;
      rows[at + row.kind] = track.kind;
      rows[at + row.age_ms] = now_ms - track.newest_ms;
      at += row.size;
      count++;
    }
    return count;
  }
}
