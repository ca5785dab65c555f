/** One pose as numbers in a row: what the decoder writes, the interpolation buffer keeps and the world reads. */
import { FLAG, RECORD, STEP, UP } from "./protocol.gen";
import { encodeRotation } from "./rotation";

/** Offsets of a pose's parts in a Float32Array of `POSE.size` numbers: metres from the room's origin and quaternions `xyzw`. */
export const POSE = {
  head: 0,
  rotation: 3,
  left: 7,
  leftRotation: 10,
  right: 14,
  rightRotation: 17,
  /** Five bytes of finger curls as they came, thumb first: the left hand's in the upper four bits, the right hand's in the lower. */
  curls: 21,
  size: 26,
} as const;

export type PoseNumbers = Float32Array;

export function makePose(): PoseNumbers {
  const pose = new Float32Array(POSE.size);
  pose[POSE.rotation + 3] = 1;
  pose[POSE.leftRotation + 3] = 1;
  pose[POSE.rightRotation + 3] = 1;
  return pose;
}

export const FINGERS = 5;
const CURL_STEPS = 15;

/** How far a finger (0 the thumb) is closed, 0 … 1. */
export function readCurl(pose: PoseNumbers, at: number, side: "left" | "right", finger: number): number {
  const byte = pose[at + POSE.curls + finger]! & 0xff;
  return (side === "left" ? byte >> 4 : byte & CURL_STEPS) / CURL_STEPS;
}

export function writeCurl(pose: PoseNumbers, side: "left" | "right", finger: number, curl: number): void {
  const steps = Math.round(Math.min(1, Math.max(0, curl)) * CURL_STEPS);
  const byte = pose[POSE.curls + finger]! & 0xff;
  pose[POSE.curls + finger] = side === "left" ? (steps << 4) | (byte & CURL_STEPS) : (byte & 0xf0) | steps;
}

/** Upward messages leave the slot out: one type byte, then the record from `flags` on. */
const UP_SHIFT = 1 - RECORD.desktop.fields.flags.offset;

function steps(value: number, step: number): number {
  return Math.min(32767, Math.max(-32768, Math.round(value / step)));
}

/** Encodes upward poses into buffers of its own; the numbers of a layout come from the schema alone. */
export class PoseEncoder {
  readonly #desktop = new DataView(new ArrayBuffer(RECORD.desktop.bytes - 1));
  readonly #headset = new DataView(new ArrayBuffer(RECORD.headset.bytes - 1));
  readonly #fingers = new DataView(new ArrayBuffer(RECORD.fingers.bytes - 1));

  /** The bytes of `pose`; the view is overwritten by the next call with the same kind. `origin` in metres. */
  encode(pose: PoseNumbers, flags: number, sequence: number, origin: readonly number[]): Uint8Array {
    const view = flags & FLAG.fingers ? this.#fingers : flags & FLAG.hands ? this.#headset : this.#desktop;
    const layout = RECORD.fingers.fields;
    view.setUint8(0, UP.pose);
    view.setUint8(layout.flags.offset + UP_SHIFT, flags);
    view.setUint8(layout.sequence.offset + UP_SHIFT, sequence);
    for (let axis = 0; axis < 3; axis++) {
      const metres = pose[POSE.head + axis]! - (origin[axis] ?? 0);
      view.setInt16(layout.head.offset + UP_SHIFT + 2 * axis, steps(metres, STEP.position_m), true);
    }
    putRotation(view, layout.rotation.offset + UP_SHIFT, pose, POSE.rotation);
    if (view !== this.#desktop) {
      putHand(view, layout.left.offset + UP_SHIFT, pose, POSE.left);
      putRotation(view, layout.left_rotation.offset + UP_SHIFT, pose, POSE.leftRotation);
      putHand(view, layout.right.offset + UP_SHIFT, pose, POSE.right);
      putRotation(view, layout.right_rotation.offset + UP_SHIFT, pose, POSE.rightRotation);
    }
    if (view === this.#fingers) {
      for (let i = 0; i < layout.curls.count; i++)
        view.setUint8(layout.curls.offset + UP_SHIFT + i, pose[POSE.curls + i]!);
    }
    return new Uint8Array(view.buffer);
  }
}

function putHand(view: DataView, at: number, pose: PoseNumbers, hand: number): void {
  for (let axis = 0; axis < 3; axis++) {
    const offset = pose[hand + axis]! - pose[POSE.head + axis]!;
    view.setInt16(at + 2 * axis, steps(offset, STEP.hand_m), true);
  }
}

function putRotation(view: DataView, at: number, pose: PoseNumbers, from: number): void {
  view.setUint32(at, encodeRotation(pose[from]!, pose[from + 1]!, pose[from + 2]!, pose[from + 3]!), true);
}
