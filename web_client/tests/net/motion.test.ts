import { describe, expect, it } from "vitest";
import { RoomClock } from "../../src/net/clock";
import { CrowdBuffer, SNAPSHOT } from "../../src/net/crowd_buffer";
import { JitterMeter } from "../../src/net/jitter";
import { makePose } from "../../src/net/pose";
import { PoseSender } from "../../src/net/pose_sender";
import { FLAG, RECORD } from "../../src/net/protocol.gen";
import { Track } from "../../src/net/track";

const KIND = RECORD.desktop.kind;

function at(x: number): Float32Array {
  const pose = makePose();
  pose[0] = x;
  return pose;
}

function shownAt(track: Track, now_ms: number, delay_ms: number): number {
  const out = makePose();
  track.sample(now_ms, delay_ms, out, 0);
  return out[0]!;
}

describe("the room's clock", () => {
  it("believes the shortest round trip", () => {
    const clock = new RoomClock();
    clock.guess(5000, 0);
    clock.sample(0, 10_000, 400); // 200 ms of queueing on one side
    clock.sample(1000, 10_820, 1040);
    clock.sample(2000, 12_000, 2300);
    expect(clock.rtt_ms).toBe(40);
    expect(clock.room(2300)).toBeCloseTo(2300 + 9800, 3);
  });

  it("walks towards a small correction and never goes back", () => {
    const clock = new RoomClock();
    clock.guess(1000, 0);
    clock.sample(0, 1050, 100);
    let last = clock.room(100);
    clock.sample(100, 1105, 110);
    for (let now = 110; now < 2000; now += 16) {
      const room = clock.room(now);
      expect(room).toBeGreaterThan(last);
      last = room;
    }
    expect(last - 1998).toBeCloseTo(1000, -1);
  });

  it("takes nonsense for nothing", () => {
    const clock = new RoomClock();
    clock.guess(0, 0);
    clock.sample(100, 50, 0);
    clock.sample(NaN, 50, 10);
    expect(clock.room(500)).toBe(500);
  });
});

describe("jitter", () => {
  it("waits 1.5 intervals on a steady line and at most 2 on a rough one", () => {
    const steady = new JitterMeter();
    for (let i = 0; i < 100; i++) steady.arrived(i * 50, i * 50 + 12);
    expect(steady.delay_ms(50)).toBeCloseTo(12 + 75);
    const rough = new JitterMeter();
    for (let i = 0; i < 100; i++) rough.arrived(i * 50, i * 50 + 12 + (i % 7) * 15);
    expect(rough.delay_ms(50)).toBeCloseTo(12 + 100);
  });
});

describe("a track", () => {
  it("interpolates between poses", () => {
    const track = new Track();
    for (let i = 0; i < 5; i++) track.push(1000 + 50 * i, 50, KIND, 0, at(i * 0.1));
    expect(shownAt(track, 1225, 100)).toBeCloseTo(0.25, 5);
  });

  it("goes on for 100 ms at most, then returns to what was said", () => {
    const track = new Track();
    track.push(1000, 50, KIND, 0, at(0));
    track.push(1050, 50, KIND, 0, at(0.1));
    expect(shownAt(track, 1100, 0.001)).toBeCloseTo(0.2, 3);
    let most = 0;
    for (let now = 1050; now < 3000; now += 10) most = Math.max(most, shownAt(track, now, 0.001));
    expect(most).toBeCloseTo(0.3, 3);
    expect(shownAt(track, 3000, 0.001)).toBeCloseTo(0.1, 5);
  });

  it("does not slide through a jump", () => {
    const track = new Track();
    track.push(1000, 50, KIND, 0, at(0));
    track.push(1050, 50, KIND, FLAG.jump, at(0.5));
    expect(shownAt(track, 1049, 0.001)).toBe(0);
    expect(shownAt(track, 1060, 0.001)).toBe(0.5);
  });

  it("takes impossible speed for a jump", () => {
    const track = new Track();
    track.push(1000, 50, KIND, 0, at(0));
    track.push(1050, 50, KIND, 0, at(9));
    expect(shownAt(track, 1040, 0.001)).toBe(0);
  });

  it("holds somebody who stood still until just before they moved", () => {
    const track = new Track();
    track.push(1000, 50, KIND, 0, at(0));
    track.push(2000, 50, KIND, 0, at(0.1));
    expect(shownAt(track, 1500, 0.001)).toBe(0);
    expect(shownAt(track, 1975, 0.001)).toBeCloseTo(0.05, 3);
  });

  it("keeps the rotation last seen when only crumbs come", () => {
    const track = new Track();
    const turned = at(0);
    turned.set([0, 1, 0, 0], 3);
    track.push(1000, 50, KIND, 0, turned);
    track.push(2000, 1000, RECORD.crumb.kind, 0, at(1));
    const out = makePose();
    track.sample(3000, 0.001, out, 0);
    expect([...out.subarray(0, 7)]).toEqual([1, 0, 0, 0, 1, 0, 0]);
  });
});

describe("the crowd's buffer", () => {
  it("gives everybody but oneself, and forgets who left", () => {
    const crowd = new CrowdBuffer();
    crowd.pace(20);
    for (let i = 0; i < 4; i++) {
      crowd.frame(1000 + 50 * i, 1000 + 50 * i);
      for (const slot of [1, 2, 3]) crowd.push(1000 + 50 * i, slot, KIND, 0, at(slot));
    }
    const rows = new Float32Array(SNAPSHOT.row.size * 8);
    expect(crowd.snapshot(1150, 2, rows)).toBe(2);
    expect([rows[SNAPSHOT.row.slot], rows[SNAPSHOT.row.size + SNAPSHOT.row.slot]]).toEqual([1, 3]);
    crowd.remove(1);
    expect(crowd.snapshot(1160, 2, rows)).toBe(1);
    expect(rows[SNAPSHOT.row.pose]).toBe(3);
  });

  it("never writes past the rows it was given", () => {
    const crowd = new CrowdBuffer();
    crowd.frame(0, 0);
    for (let slot = 0; slot < 9; slot++) crowd.push(1000, slot, KIND, 0, at(slot));
    expect(crowd.snapshot(1000, -1, new Float32Array(SNAPSHOT.row.size * 3 + 5))).toBe(3);
  });
});

describe("the pose sender", () => {
  it("keeps to its rate, says once that it stopped, and then every two seconds", () => {
    const sender = new PoseSender();
    sender.pace(20);
    let sent = 0;
    for (let now = 0; now < 1000; now += 10) if (sender.offer(at(now / 100), 0, now)) sent++;
    expect(sent).toBeLessThanOrEqual(21);
    expect(sent).toBeGreaterThan(18);
    sent = 0;
    for (let now = 1000; now < 5200; now += 10) if (sender.offer(at(10), 0, now)) sent++;
    expect(sent).toBe(4); // the last step, the stop, and twice alive
  });

  it("marks a teleport once", () => {
    const sender = new PoseSender();
    sender.jump();
    expect(sender.offer(at(0), 0, 0)![1]! & FLAG.jump).toBe(FLAG.jump);
    expect(sender.offer(at(1), 0, 100)![1]! & FLAG.jump).toBe(0);
  });
});
