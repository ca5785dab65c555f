/** A thing while somebody holds it: its place comes and goes as often as a pose, and is never durable. */
import { RECORD, STEP, UP, UP_DRAG } from "./protocol.gen";
import { decodeRotation, encodeRotation } from "./rotation";

/** Metres in the room, a quaternion `xyzw`, and the scale of the thing's transform. */
export interface DragPlace {
  position: [number, number, number];
  rotation: [number, number, number, number];
  scale: number;
}

/** What the server says of a thing that is held; `slot` is the holder's. */
export interface Drag extends DragPlace {
  slot: number;
  flags: number;
  sequence: number;
}

const MOST = 0x7fff;

export function readDrag(view: DataView, at: number, origin: readonly number[]): Drag {
  const { fields } = RECORD.drag;
  const axis = (i: number): number =>
    view.getInt16(at + fields.position.offset + 2 * i, true) * STEP.position_m + (origin[i] ?? 0);
  const rotation: [number, number, number, number] = [0, 0, 0, 1];
  decodeRotation(view.getUint32(at + fields.rotation.offset, true), rotation, 0);
  return {
    slot: view.getUint16(at + fields.slot.offset, true),
    flags: view.getUint8(at + fields.flags.offset),
    sequence: view.getUint8(at + fields.sequence.offset),
    position: [axis(0), axis(1), axis(2)],
    rotation,
    scale: view.getUint16(at + fields.scale.offset, true) * STEP.scale,
  };
}

/** The upward message. `sequence` is the sender's running number and wraps at 256. */
export function encodeDrag(place: DragPlace, sequence: number, origin: readonly number[]): Uint8Array {
  const { bytes, fields } = UP_DRAG;
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint8(fields.kind.offset, UP.drag);
  view.setUint8(fields.sequence.offset, sequence);
  place.position.forEach((metres, i) => {
    const steps = Math.round((metres - (origin[i] ?? 0)) / STEP.position_m);
    view.setInt16(fields.position.offset + 2 * i, Math.min(MOST, Math.max(-MOST, steps)), true);
  });
  view.setUint32(fields.rotation.offset, encodeRotation(...place.rotation), true);
  view.setUint16(fields.scale.offset, Math.min(0xffff, Math.max(1, Math.round(place.scale / STEP.scale))), true);
  return new Uint8Array(view.buffer);
}
