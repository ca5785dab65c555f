/** Reads the server's binary messages. Poses go straight into typed arrays; only events make values. */
import { decode } from "@msgpack/msgpack";
import { readDrag, type Drag } from "./drag";
import { POSE, type PoseNumbers } from "./pose";
import type { Answer, PrivateEvent, SharedEvent } from "./protocol.gen";
import { DOWN, HEADER_BYTES, RECORD, SECTION_BYTES, STEP } from "./protocol.gen";
import { decodeRotation } from "./rotation";

/** Offsets in a frame's header: u8 type, u8 flags, u16 sections, u32 tick, u32 room_ms, u32 first event, u32 events' bytes. */
const HEADER = { flags: 1, sections: 2, tick: 4, roomMs: 8, eventSequence: 12, eventsBytes: 16 } as const;
const SECTION = { kind: 0, count: 2 } as const;
const NUMBERED_BYTES = 5;
const PONG_BYTES = 9;

/** Every kind of record by its number on the wire. */
export const KINDS = new Map<number, (typeof RECORD)[keyof typeof RECORD]>(
  Object.values(RECORD).map((record) => [record.kind, record]),
);

export class MalformedMessage extends Error {}

export interface FrameSink {
  frame(tick: number, roomMs: number, flags: number): void;
  events(firstSequence: number, events: readonly SharedEvent[]): void;
  /** `pose` is lent: it is overwritten by the next record. `flags` is 0 for crumbs. */
  pose(slot: number, kind: number, flags: number, sequence: number, pose: PoseNumbers): void;
  drag(drag: Drag): void;
}

export interface MessageSink extends FrameSink {
  answer(answer: Answer): void;
  pong(echo: number, roomMs: number): void;
  privately(sequence: number, event: PrivateEvent): void;
}

export class MessageReader {
  readonly #pose: PoseNumbers = new Float32Array(POSE.size);
  origin: readonly number[] = [0, 0, 0];

  /** Hands the message to `sink`. Throws MalformedMessage before anything of a frame's poses has been handed on out of bounds. */
  read(buffer: ArrayBuffer, sink: MessageSink): void {
    const view = new DataView(buffer);
    if (view.byteLength < 1) throw new MalformedMessage("an empty message");
    switch (view.getUint8(0)) {
      case DOWN.frame:
        return this.#frame(view, buffer, sink);
      case DOWN.answer:
        return sink.answer(unpack(buffer, 1) as Answer);
      case DOWN.pong:
        need(view, PONG_BYTES);
        return sink.pong(view.getUint32(1, true), view.getUint32(5, true));
      case DOWN.private:
        need(view, NUMBERED_BYTES);
        return sink.privately(view.getUint32(1, true), unpack(buffer, NUMBERED_BYTES) as PrivateEvent);
      default:
        throw new MalformedMessage(`unknown message type ${view.getUint8(0)}`);
    }
  }

  #frame(view: DataView, buffer: ArrayBuffer, sink: FrameSink): void {
    need(view, HEADER_BYTES);
    const sections = view.getUint16(HEADER.sections, true);
    const eventsBytes = view.getUint32(HEADER.eventsBytes, true);
    need(view, HEADER_BYTES + eventsBytes);
    sink.frame(view.getUint32(HEADER.tick, true), view.getUint32(HEADER.roomMs, true), view.getUint8(HEADER.flags));
    // Events first: a pose never belongs to somebody not yet announced.
    if (eventsBytes > 0)
      sink.events(
        view.getUint32(HEADER.eventSequence, true),
        unpack(buffer, HEADER_BYTES, eventsBytes) as SharedEvent[],
      );
    let at = HEADER_BYTES + eventsBytes;
    for (let section = 0; section < sections; section++) {
      need(view, at + SECTION_BYTES);
      const kind = view.getUint8(at + SECTION.kind);
      const count = view.getUint16(at + SECTION.count, true);
      const record = KINDS.get(kind);
      if (!record) throw new MalformedMessage(`unknown section kind ${kind}`);
      at += SECTION_BYTES;
      need(view, at + count * record.bytes);
      for (let i = 0; i < count; i++, at += record.bytes) {
        if (kind === RECORD.drag.kind) sink.drag(readDrag(view, at, this.origin));
        else this.#record(view, at, kind, sink);
      }
    }
    if (at !== view.byteLength) throw new MalformedMessage("a frame with bytes left over");
  }

  #record(view: DataView, at: number, kind: number, sink: FrameSink): void {
    const pose = this.#pose;
    const crumb = kind === RECORD.crumb.kind;
    const head = crumb ? RECORD.crumb.fields.head.offset : RECORD.fingers.fields.head.offset;
    for (let axis = 0; axis < 3; axis++)
      pose[POSE.head + axis] = view.getInt16(at + head + 2 * axis, true) * STEP.position_m + (this.origin[axis] ?? 0);
    const slot = view.getUint16(at, true);
    if (crumb) return sink.pose(slot, kind, 0, 0, pose);
    const fields = RECORD.fingers.fields;
    decodeRotation(view.getUint32(at + fields.rotation.offset, true), pose, POSE.rotation);
    if (kind === RECORD.headset.kind || kind === RECORD.fingers.kind) {
      readHand(view, at + fields.left.offset, pose, POSE.left);
      decodeRotation(view.getUint32(at + fields.left_rotation.offset, true), pose, POSE.leftRotation);
      readHand(view, at + fields.right.offset, pose, POSE.right);
      decodeRotation(view.getUint32(at + fields.right_rotation.offset, true), pose, POSE.rightRotation);
    }
    if (kind === RECORD.fingers.kind)
      for (let i = 0; i < fields.curls.count; i++) pose[POSE.curls + i] = view.getUint8(at + fields.curls.offset + i);
    sink.pose(slot, kind, view.getUint8(at + fields.flags.offset), view.getUint8(at + fields.sequence.offset), pose);
  }
}

function readHand(view: DataView, at: number, pose: PoseNumbers, hand: number): void {
  for (let axis = 0; axis < 3; axis++)
    pose[hand + axis] = pose[POSE.head + axis]! + view.getInt16(at + 2 * axis, true) * STEP.hand_m;
}

function need(view: DataView, bytes: number): void {
  if (view.byteLength < bytes) throw new MalformedMessage(`${view.byteLength} bytes where ${bytes} are needed`);
}

function unpack(buffer: ArrayBuffer, at: number, length = buffer.byteLength - at): unknown {
  try {
    return decode(new Uint8Array(buffer, at, length));
  } catch (error) {
    throw new MalformedMessage(`not msgpack: ${String(error)}`);
  }
}
