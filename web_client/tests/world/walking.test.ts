import { BoxGeometry, Group, Mesh, PlaneGeometry, Vector3 } from "three";
import { beforeEach, describe, expect, it } from "vitest";
import { groundOf, type MeshGround, PlainGround } from "../../src/world/collider";
import { type Intent, Walker, wrap } from "../../src/world/walker";

function box(group: Group, size: [number, number, number], at: [number, number, number]): void {
  const mesh = new Mesh(new BoxGeometry(...size));
  mesh.position.set(...at);
  group.add(mesh);
}

/** A floor of 20 × 20 m, a wall at z = −5, stairs of four steps at x = 4, a table at x = −4. */
function room(): MeshGround {
  const group = new Group();
  group.add(new Mesh(new PlaneGeometry(20, 20).rotateX(-Math.PI / 2)));
  box(group, [12, 3, 0.2], [0, 1.5, -5]);
  for (let i = 0; i < 4; i++) box(group, [2, 0.2 * (i + 1), 0.4], [4, 0.1 * (i + 1), -0.4 * i]);
  box(group, [2, 0.76, 1], [-4, 0.38, 0]);
  return groundOf(group)!;
}

const intent = (change: Partial<Intent> = {}): Intent => ({ forward: 0, sideways: 0, turn: 0, fast: false, ...change });

function walk(walker: Walker, seconds: number, change: Partial<Intent>): void {
  for (let t = 0; t < seconds; t += 1 / 60) walker.step(1 / 60, intent(change));
}

describe("walking", () => {
  let walker: Walker;
  beforeEach(() => {
    walker = new Walker(room());
    walker.place({ position: [0, 0, 0], heading: 0 });
  });

  it("goes along −Z at heading 0 and left with a positive turn", () => {
    walk(walker, 1, { forward: 1 });
    expect(walker.feet.z).toBeLessThan(-1.5);
    expect(walker.feet.x).toBeCloseTo(0, 3);
    walk(walker, 0.5, { turn: 1 });
    expect(walker.heading).toBeGreaterThan(0.8);
  });

  it("stops at a wall and slides along it", () => {
    walk(walker, 6, { forward: 1 });
    expect(walker.feet.z).toBeGreaterThan(-4.9);
    expect(walker.feet.z).toBeLessThan(-4.4);
    const before = walker.feet.x;
    walk(walker, 1, { forward: 1, sideways: 1 });
    expect(walker.feet.x).toBeGreaterThan(before + 0.8);
    expect(walker.feet.z).toBeGreaterThan(-4.9);
  });

  it("never passes a wall, however fast and however low the frame rate", () => {
    for (let i = 0; i < 40; i++) walker.step(0.1, intent({ forward: 1, fast: true }));
    expect(walker.feet.z).toBeGreaterThan(-4.9);
  });

  it("climbs stairs and comes down again", () => {
    walker.place({ position: [4, 0, 1.5], heading: 0 });
    walk(walker, 1.1, { forward: 1 });
    expect(walker.feet.y).toBeGreaterThan(0.35);
    walk(walker, 3, { forward: -1 });
    expect(walker.feet.y).toBeCloseTo(0, 2);
  });

  it("does not climb a table", () => {
    walker.place({ position: [-4, 0, 2], heading: 0 });
    walk(walker, 3, { forward: 1 });
    expect(walker.feet.y).toBeCloseTo(0, 3);
    expect(walker.feet.z).toBeGreaterThan(0.6);
  });

  it("does not walk off the edge of the world", () => {
    walker.place({ position: [9, 0, 0], heading: -Math.PI / 2 });
    walk(walker, 5, { forward: 1 });
    expect(walker.feet.x).toBeLessThanOrEqual(10);
  });

  it("walks to a click, tells when it is there, and gives way to keys", () => {
    let arrived = 0;
    walker.walkTo(new Vector3(2, 0, 3), () => arrived++);
    walk(walker, 5, {});
    expect(arrived).toBe(1);
    expect(walker.feet.distanceTo(new Vector3(2, 0, 3))).toBeLessThan(0.2);
    walker.walkTo(new Vector3(-5, 0, 3));
    walk(walker, 0.1, { forward: 1 });
    expect(walker.goal).toBeNull();
  });

  it("gives a click up where it cannot go on", () => {
    walker.walkTo(new Vector3(0, 0, -8));
    walk(walker, 6, {});
    expect(walker.goal).toBeNull();
    expect(walker.feet.z).toBeGreaterThan(-4.9);
  });

  it("sits until it is told to move", () => {
    walker.sit({ position: [-2, 0, 2], heading: 1 });
    walk(walker, 1, {});
    expect([walker.seated, walker.eye_metres < 1.25]).toEqual([true, true]);
    walk(walker, 1, { forward: 1 });
    expect([walker.seated, walker.eye_metres > 1.5]).toEqual([false, true]);
  });

  it("looks no further up or down than necks do", () => {
    for (let i = 0; i < 100; i++) walker.look(0.3, 0.3);
    expect(walker.pitch).toBeLessThan(1.4);
    expect(Math.abs(walker.heading)).toBeLessThanOrEqual(Math.PI);
  });
});

describe("ground", () => {
  it("tells floors from walls", () => {
    const ground = room();
    const point = new Vector3();
    expect(ground.hit(new Vector3(0, 1, 0), new Vector3(0, 0, -1), 30, point)).toBe("wall");
    expect(point.z).toBeCloseTo(-4.9, 3);
    expect(ground.hit(new Vector3(0, 1, 0), new Vector3(0, -1, 0), 30, point)).toBe("floor");
    expect(ground.hit(new Vector3(0, 1, 0), new Vector3(0, 1, 0), 30, point)).toBeNull();
  });

  it("takes nodes by their names: what blocks is not stood on", () => {
    const group = new Group();
    const walk = new Group();
    walk.name = "walk";
    walk.add(new Mesh(new PlaneGeometry(20, 20).rotateX(-Math.PI / 2)));
    const block = new Group();
    block.name = "block";
    box(block, [2, 0.3, 2], [0, 0.15, 0]);
    group.add(walk, block);
    const ground = groundOf(group)!;
    const point = new Vector3();
    expect(ground.hit(new Vector3(0, 2, 0), new Vector3(0, -1, 0), 30, point)).toBe("wall");
    expect(ground.floor(0, 2, 0)).toBe(0);
  });

  it("is a plain floor with walls where a room brings none", () => {
    const feet = new Vector3();
    new PlainGround(new Vector3(-2, 0, -2), new Vector3(2, 3, 2)).slide(feet, 9, -9);
    expect([feet.x, feet.z]).toEqual([1.74, -1.74]);
    expect(groundOf(new Group().add(new Group()))).toBeNull();
  });
});

it("wraps angles", () => {
  expect(Math.abs(wrap(3 * Math.PI))).toBeCloseTo(Math.PI, 6);
  expect(wrap(-0.1)).toBeCloseTo(-0.1, 9);
});
