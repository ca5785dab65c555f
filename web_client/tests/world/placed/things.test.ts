import { Vector3 } from "three";
import { describe, expect, it } from "vitest";
import type { Placement, Transform } from "../../../src/net/protocol.gen";
import { PlainGround } from "../../../src/world/collider";
import { Drags } from "../../../src/world/placed/drags";
import { PlacedGround } from "../../../src/world/placed/placed_ground";
import { wrap } from "../../../src/world/placed/plaques";
import { Things } from "../../../src/world/placed/things";

const URL = "/gltf/furniture/table.glb";
const TABLE = { size: new Vector3(2, 0.8, 1), middle: new Vector3(0, 0.4, 0), hangs: false };
const RAY = { distance: 0, point: new Vector3(), normal: new Vector3() };

function table(id: string, transform: Transform): Placement {
  return { entity: { id, transform, model: { url: URL, sha256: "0".repeat(64) } }, owner: "o" };
}

function room(...placed: Placement[]): Things {
  const things = new Things();
  things.extend(URL, TABLE);
  for (const one of placed) things.put(one);
  return things;
}

const quarter: [number, number, number, number] = [0, Math.SQRT1_2, 0, Math.SQRT1_2];

describe("placed things", () => {
  it("are met by rays where their turned and scaled boxes are, the nearest first", () => {
    const things = room(
      table("near", { position: [0, 0, 0], rotation: quarter, scale: 2 }),
      table("far", { position: [0, 0, -9] }),
    );
    const ahead = new Vector3(0, 0, -1);
    expect(things.under(new Vector3(0, 1, 10), ahead, 30, RAY)?.id).toBe("near");
    expect(RAY.point.z).toBeCloseTo(2);
    expect(RAY.normal.z).toBeCloseTo(1);
    expect(things.under(new Vector3(0, 0.5, 10), ahead, 30, RAY, "near")?.id).toBe("far");
    expect(things.under(new Vector3(0, 1, 10), ahead, 7, RAY)).toBeNull();
    expect(things.under(new Vector3(0, 5, 0), new Vector3(0, -1, 0), 30, RAY)?.id).toBe("near");
    expect([RAY.point.y, RAY.normal.y]).toEqual([expect.closeTo(1.6), expect.closeTo(1)]);
    // From within its box a thing is not met: one stands under a canopy, not at it.
    expect(things.under(new Vector3(0, 0.5, 0), ahead, 5, RAY)).toBeNull();
  });

  it("are walked round, and never lock in who stands where they are put", () => {
    const things = room(table("t", { position: [0, 0, 0], rotation: quarter }));
    const ground = new PlacedGround(new PlainGround(new Vector3(-9, 0, -9), new Vector3(9, 3, 9)), things);
    const feet = new Vector3(2, 0, 0.3);
    for (let i = 0; i < 40; i++) ground.slide(feet, -0.1, 0);
    expect(feet.x).toBeCloseTo(0.5 + 0.26, 1);
    const inside = new Vector3(0, 0, 0);
    for (let i = 0; i < 40; i++) ground.slide(inside, 0.1, 0);
    expect(inside.x).toBeGreaterThan(2);
    things.put(table("t", { position: [0, 0, 5] }));
    for (let i = 0; i < 20; i++) things.update(0.05);
    for (let i = 0; i < 40; i++) ground.slide(feet, -0.1, 0);
    expect(feet.x).toBeLessThan(-2);
  });

  it("glide to the server's word, and back to it when a drag is refused", () => {
    const things = room(table("t", { position: [0, 0, 0] }));
    const thing = things.all.get("t")!;
    things.hold("t", { position: [3, 0, 0] });
    things.put(table("t", { position: [1, 0, 0] }));
    expect(thing.position.x).toBe(3);
    things.letGo("t");
    things.update(0.05);
    expect(thing.position.x).toBeGreaterThan(1);
    expect(thing.position.x).toBeLessThan(3);
    for (let i = 0; i < 10; i++) things.update(0.05);
    expect(thing.position.x).toBeCloseTo(1);
  });

  it("go smoothly where others carry them", () => {
    const things = room(table("t", { position: [0, 0, 0] }));
    const drags = new Drags(things);
    drags.own = "me";
    drags.grabbed({ type: "grabbed", entity: "t", participant: "bo", slot: 7 });
    for (let i = 0; i <= 4; i++)
      drags.drag(
        { slot: 7, flags: 0, sequence: i, position: [i, 0, 0], rotation: [0, 0, 0, 1], scale: 1 },
        1000 + i * 100,
      );
    drags.update(1370);
    expect(things.all.get("t")!.position.x).toBeCloseTo(2.5);
    drags.update(9999);
    expect(things.all.get("t")!.position.x).toBeCloseTo(4);
    drags.released("t");
    for (let i = 0; i < 10; i++) things.update(0.05);
    expect(things.all.get("t")!.position.x).toBeCloseTo(0);
  });

  it("have cards whose lines break between words and between Chinese characters", () => {
    const fits = (line: string): boolean => line.length <= 8;
    expect(wrap("a quiet morning", 3, fits)).toEqual(["a quiet", "morning"]);
    expect(wrap("安静的早晨里有人在读书呢", 2, fits)).toEqual(["安静的早晨里有人", "在读书呢"]);
    expect(wrap("one two three four five six seven", 2, fits)).toHaveLength(2);
    expect(wrap("one two three four five six seven", 2, fits).at(-1)).toMatch(/…$/);
    expect(wrap("Donaudampfschiffahrt", 3, fits)).toHaveLength(3);
  });
});
