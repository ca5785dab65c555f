import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { KINDS, MalformedMessage, MessageReader, type MessageSink } from "../../src/net/frame";
import { encodeDrag, type Drag } from "../../src/net/drag";
import { makePose, POSE, PoseEncoder } from "../../src/net/pose";
import { FLAG, RECORD, UP } from "../../src/net/protocol.gen";
import { decodeRotation, encodeRotation } from "../../src/net/rotation";
import { bytes, hex, vectors } from "./vectors";

interface PoseValue {
  kind: keyof typeof RECORD;
  slot: number;
  head: number[];
  flags?: number;
  sequence?: number;
  rotation?: number[];
  left?: number[];
  left_rotation?: number[];
  right?: number[];
  right_rotation?: number[];
  curls?: number[];
}

function recorder(): { sink: MessageSink; seen: unknown[] } {
  const seen: unknown[] = [];
  const sink: MessageSink = {
    frame: (tick, roomMs, flags) => seen.push({ tick, roomMs, flags }),
    events: (first, events) => seen.push({ first, events }),
    drag: (drag) => seen.push(drag),
    pose: (slot, kind, flags, sequence, pose) => seen.push({ slot, kind, flags, sequence, pose: pose.slice() }),
    answer: (answer) => seen.push(answer),
    pong: (echo, room_ms) => seen.push({ echo, room_ms }),
    privately: (sequence, event) => seen.push({ sequence, event }),
  };
  return { sink, seen };
}

const near = (actual: ArrayLike<number>, at: number, expected: number[], digits: number): void =>
  expected.forEach((value, i) => expect(actual[at + i]).toBeCloseTo(value, digits));

describe("rotations", () => {
  for (const { name, value } of vectors<{ given: number[]; word: number; decoded: number[] }>("rotations"))
    it(`agrees with the server about ${name}`, () => {
      const [x, y, z, w] = value.given as [number, number, number, number];
      expect(encodeRotation(x, y, z, w)).toBe(value.word);
      const out = new Float64Array(4);
      decodeRotation(value.word, out, 0);
      near(out, 0, value.decoded, 9);
    });

  it("makes something valid of every word and of nonsense", () => {
    const out = new Float64Array(4);
    for (let word = 0; word < 0xffffffff; word += 104729 * 61) {
      decodeRotation(word, out, 0);
      expect(Math.hypot(...out)).toBeCloseTo(1, 9);
    }
    expect(encodeRotation(NaN, 0, 0, 0)).toBe(encodeRotation(0, 0, 0, 1));
    expect(encodeRotation(0, 0, 0, 0)).toBe(encodeRotation(0, 0, 0, 1));
  });

  it("errs by less than five thousandths of a radian", () => {
    const out = new Float64Array(4);
    let seed = 7;
    const next = (): number => (seed = (seed * 16807) % 2147483647) / 1073741823.5 - 1;
    for (let i = 0; i < 2000; i++) {
      const q = [next(), next(), next(), next()];
      const norm = Math.hypot(...q);
      decodeRotation(encodeRotation(q[0]!, q[1]!, q[2]!, q[3]!), out, 0);
      const dot = Math.abs(q.reduce((sum, part, k) => sum + (part / norm) * out[k]!, 0));
      expect(2 * Math.acos(Math.min(1, dot))).toBeLessThan(0.0049);
    }
  });
});

/** A record from `flags` on, read back out of a frame of one section. */
function framed(
  name: keyof typeof RECORD,
  record: Uint8Array,
): { pose: Float32Array; flags: number; sequence: number } {
  const kind = KINDS.get(RECORD[name].kind)!;
  const frame = new Uint8Array(20 + 4 + kind.bytes);
  frame.set([0x81, 0, 1, 0]);
  frame.set([kind.kind, 0, 1, 0], 20);
  frame.set(record, 26);
  const { sink, seen } = recorder();
  new MessageReader().read(frame.buffer, sink);
  return seen[1] as { pose: Float32Array; flags: number; sequence: number };
}

describe("poses up", () => {
  for (const { name, hex: golden, value } of vectors<PoseValue>("poses"))
    it(`reads what the server wrote: ${name}`, () => {
      // The same record in a frame of one section must give the same numbers.
      const { pose, flags, sequence } = framed(value.kind, bytes(golden).subarray(1));
      expect([flags, sequence]).toEqual([value.flags, value.sequence]);
      near(pose, POSE.head, value.head, 5);
      near(pose, POSE.rotation, value.rotation!, 5);
      if (value.left) near(pose, POSE.left, value.left, 5);
      if (value.right_rotation) near(pose, POSE.rightRotation, value.right_rotation, 5);
      // And encoded again it is the same message, but for the curls of a record that has none.
      const extra = value.curls ? FLAG.fingers : 0;
      const again = new PoseEncoder().encode(pose, flags | extra, sequence, [0, 0, 0]);
      expect(again.length).toBe(bytes(golden).length);
      expect(again[0]).toBe(UP.pose);
      expect(hex(again.subarray(2, 13))).toBe(golden.slice(4, 26));
      // Where two parts of a rotation are equally large either may be left out, so the meaning is compared, not the bytes.
      near(framed(value.kind, again.subarray(1)).pose, 0, [...pose], 2);
    });

  it("keeps to the range of an int16", () => {
    const pose = makePose();
    pose.set([1e9, -1e9, 0]);
    const view = new DataView(new PoseEncoder().encode(pose, 0, 0, [0, 0, 0]).buffer);
    expect([view.getInt16(3, true), view.getInt16(5, true)]).toEqual([32767, -32768]);
  });

  it("measures from the room's origin", () => {
    const pose = makePose();
    pose.set([101, 1.6, -49]);
    const view = new DataView(new PoseEncoder().encode(pose, 0, 0, [100, 0, -50]).buffer);
    expect([view.getInt16(3, true), view.getInt16(5, true), view.getInt16(7, true)]).toEqual([500, 800, 500]);
  });
});

interface DragValue extends Drag {
  kind: string;
}

describe("things that are held", () => {
  for (const { name, hex: golden, value } of vectors<DragValue>("drags"))
    it(`go up as the server reads them: ${name}`, () => {
      expect(hex(encodeDrag(value, value.sequence, [0, 0, 0]))).toBe(golden);
      const there = encodeDrag(
        { ...value, position: [value.position[0] + 100, value.position[1], value.position[2] - 50] },
        value.sequence,
        [100, 0, -50],
      );
      expect(hex(there)).toBe(golden);
    });

  it("have some size and stay in the range of an int16", () => {
    const view = new DataView(
      encodeDrag({ position: [1e9, -1e9, 0], rotation: [0, 0, 0, 1], scale: 0 }, 300, [0, 0, 0]).buffer,
    );
    expect([view.getUint8(1), view.getInt16(2, true), view.getInt16(4, true), view.getUint16(12, true)]).toEqual([
      44, 32767, -32767, 1,
    ]);
  });
});

interface FrameValue {
  flags: number;
  tick: number;
  room_ms: number;
  event_sequence: number;
  events: unknown[];
  sections: { kind: number; records: PoseValue[] }[];
}

describe("messages down", () => {
  for (const { name, hex: golden, value } of vectors<FrameValue>("frames"))
    it(`decodes a frame: ${name}`, () => {
      const { sink, seen } = recorder();
      new MessageReader().read(bytes(golden).buffer as ArrayBuffer, sink);
      expect(seen.shift()).toEqual({ tick: value.tick, roomMs: value.room_ms, flags: value.flags });
      if (value.events.length) expect(seen.shift()).toEqual({ first: value.event_sequence, events: value.events });
      const records = value.sections.flatMap((section) => section.records.map((record) => ({ section, record })));
      expect(seen.length).toBe(records.length);
      records.forEach(({ section, record }, i) => {
        if (section.kind === RECORD.drag.kind) {
          const { position, rotation, ...rest } = record as unknown as DragValue;
          const held = seen[i] as Drag;
          expect({ kind: "drag", ...held }).toMatchObject(rest);
          near(held.position, 0, position, 5);
          near(held.rotation, 0, rotation, 5);
          return;
        }
        const got = seen[i] as { slot: number; kind: number; flags: number; sequence: number; pose: Float32Array };
        expect([got.slot, got.kind]).toEqual([record.slot, section.kind]);
        expect([got.flags, got.sequence]).toEqual([record.flags ?? 0, record.sequence ?? 0]);
        near(got.pose, POSE.head, record.head, 5);
        if (record.rotation) near(got.pose, POSE.rotation, record.rotation, 5);
        if (record.left) near(got.pose, POSE.left, record.left, 5);
        if (record.left_rotation) near(got.pose, POSE.leftRotation, record.left_rotation, 5);
        if (record.right) near(got.pose, POSE.right, record.right, 5);
        if (record.curls) near(got.pose, POSE.curls, record.curls, 5);
      });
    });

  for (const { name, hex: golden, value } of vectors<unknown>("answers"))
    it(`decodes ${name}`, () => {
      const { sink, seen } = recorder();
      new MessageReader().read(bytes(golden).buffer as ArrayBuffer, sink);
      expect(seen).toEqual([value]);
    });

  it("refuses every truncation and every added byte", () => {
    const whole = bytes(vectors<FrameValue>("frames")[2]!.hex);
    const { sink } = recorder();
    for (let length = 0; length < whole.length; length++)
      expect(() => new MessageReader().read(whole.slice(0, length).buffer, sink)).toThrow(MalformedMessage);
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    expect(() => new MessageReader().read(longer.buffer, sink)).toThrow(MalformedMessage);
  });
});

describe("requests", () => {
  for (const { name, hex: golden, value } of vectors<Record<string, unknown>>("requests"))
    it(`means the same as the server's bytes: ${name}`, () => {
      const data = bytes(golden);
      expect(data[0]).toBe(UP.request);
      expect(JSON.parse(JSON.stringify(decode(data.subarray(1))))).toEqual(value);
      expect(decode(encode(value))).toEqual(value);
    });
});
