import { Object3D, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { meet, type Meeting, type Sheet } from "../../src/xr/curve";
import { Ride } from "../../src/xr/ride";

const SHEET: Sheet = { radius_metres: 1.25, width_metres: 1.15, height_metres: 0.72 };
const out: Meeting = { metres: 0, across: 0, down: 0 };

function panel(x: number, y: number, z: number, heading: number): Object3D {
  const mesh = new Object3D();
  mesh.position.set(x, y, z);
  mesh.rotation.y = heading;
  mesh.updateMatrixWorld(true);
  return mesh;
}

describe("a ray on the panel", () => {
  it("from the reader's eyes meets its middle at its radius", () => {
    expect(meet(panel(3, 1.4, -2, 0), SHEET, new Vector3(3, 1.4, -2), new Vector3(0, 0, -1), out)).toBe(true);
    expect([out.metres, out.across, out.down]).toEqual([1.25, 0.5, 0.5]);
  });

  it("from a hand finds left and up, wherever the panel was put", () => {
    const mesh = panel(0, 1.4, 0, Math.PI / 2); // before somebody who looks along −X
    const hand = new Vector3(-0.3, 1.1, -0.25);
    const goal = new Vector3(-Math.cos(0.3) * 1.25, 1.6, Math.sin(0.3) * 1.25); // to the left of who looks there
    expect(meet(mesh, SHEET, hand, goal.clone().sub(hand).normalize(), out)).toBe(true);
    expect(out.metres).toBeCloseTo(goal.distanceTo(hand), 5);
    expect(out.across).toBeCloseTo(0.5 - (0.3 * 1.25) / 1.15, 5);
    expect(out.down).toBeCloseTo(0.5 - 0.2 / 0.72, 5);
  });

  it("passes beside it and does not meet what is behind", () => {
    const mesh = panel(0, 1.4, 0, 0);
    expect(meet(mesh, SHEET, new Vector3(0, 1.4, 0), new Vector3(0, 0, 1), out)).toBe(false);
    expect(meet(mesh, SHEET, new Vector3(0, 1.4, 0), new Vector3(1, 0, 0), out)).toBe(false);
    expect(meet(mesh, SHEET, new Vector3(0, 1.4, -2), new Vector3(0, 0, -1), out)).toBe(false);
  });
});

describe("the ride", () => {
  const viewer = (y: number): XRRigidTransform =>
    ({ position: { x: 0.4, y, z: 0.2 }, orientation: { x: 0, y: 0, z: 0, w: 1 } }) as unknown as XRRigidTransform;

  it("lowers a standing person's eyes to a seat and brings them back", () => {
    const rig = new Object3D();
    const ride = new Ride(rig);
    ride.read(viewer(1.7), null);
    expect([ride.head.y, ride.feet.y]).toEqual([1.7, 0]);
    ride.read(viewer(1.7), 1.18);
    expect(ride.head.y).toBeCloseTo(1.18);
    expect(ride.feet.y).toBeCloseTo(0);
    ride.read(viewer(1.6), 1.18); // leans
    expect(ride.head.y).toBeCloseTo(1.08);
    ride.read(viewer(1.7), null);
    expect(ride.head.y).toBeCloseTo(1.7);
  });

  it("raises who sits at home, never lowers who stands", () => {
    const ride = new Ride(new Object3D());
    ride.read(viewer(1.2), 1.6);
    expect(ride.head.y).toBeCloseTo(1.6);
    const tall = new Ride(new Object3D());
    tall.read(viewer(1.8), 1.6);
    expect(tall.head.y).toBeCloseTo(1.8);
  });
});
