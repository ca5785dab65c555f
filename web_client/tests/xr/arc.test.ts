import { BoxGeometry, Group, Mesh, Object3D, PlaneGeometry, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { groundOf, type MeshGround } from "../../src/world/collider";
import { EYE_METRES } from "../../src/world/walker";
import { Arc } from "../../src/xr/arc";
import { Ride } from "../../src/xr/ride";

function room(): MeshGround {
  const group = new Group();
  group.add(new Mesh(new PlaneGeometry(40, 40).rotateX(-Math.PI / 2)));
  const wall = new Mesh(new BoxGeometry(10, 4, 0.2));
  wall.position.set(0, 2, -3);
  group.add(wall);
  return groundOf(group)!;
}

describe("the teleport's arc", () => {
  const hand = new Vector3(0, 1.3, 0);

  it("lands on the floor where the parabola says", () => {
    const arc = new Arc();
    arc.throw(hand, new Vector3(0, 0, 1), room());
    expect(arc.valid).toBe(true);
    // t = √(2h/g), at 7 m/s; points are 50 ms apart.
    expect(arc.landing.z).toBeCloseTo(7 * Math.sqrt((2 * 1.3) / 9.8), 0);
    expect(arc.landing.y).toBeCloseTo(0, 4);
  });

  it("does not land on a wall", () => {
    const arc = new Arc();
    arc.throw(hand, new Vector3(0, 0.1, -1).normalize(), room());
    expect(arc.valid).toBe(false);
    expect(arc.landing.z).toBeCloseTo(-2.9, 2);
  });

  it("keeps a body's breadth from the wall", () => {
    const arc = new Arc();
    arc.throw(new Vector3(0, 1.3, -2.6), new Vector3(0, -1, -0.15).normalize(), room());
    expect(arc.valid).toBe(true);
    expect(arc.landing.z).toBeGreaterThan(-2.66);
  });

  it("ends somewhere even when it is thrown at the sky over nothing", () => {
    const arc = new Arc();
    arc.throw(new Vector3(100, 1, 100), new Vector3(0, 1, 0), room());
    expect([arc.valid, arc.count <= 32]).toEqual([false, true]);
  });
});

function viewer(x: number, y: number, z: number, yaw = 0): XRRigidTransform {
  return {
    position: { x, y, z, w: 1 },
    orientation: { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) },
  } as unknown as XRRigidTransform;
}

describe("the ride under a headset", () => {
  it("puts the head, not the middle of the play space, over the place", () => {
    const rig = new Object3D();
    const ride = new Ride(rig);
    ride.read(viewer(0.5, 1.7, -0.3), null);
    ride.to(new Vector3(3, 0.4, 2));
    ride.read(viewer(0.5, 1.7, -0.3), null);
    expect(ride.head.toArray().map((n) => +n.toFixed(6))).toEqual([3, 2.1, 2]);
    expect(ride.feet.y).toBeCloseTo(0.4, 6);
  });

  it("turns round the head", () => {
    const rig = new Object3D();
    const ride = new Ride(rig);
    ride.read(viewer(0.5, 1.7, -0.3), null);
    const before = ride.head.clone();
    ride.turn(Math.PI / 6);
    ride.read(viewer(0.5, 1.7, -0.3), null);
    expect(ride.head.distanceTo(before)).toBeLessThan(1e-6);
    expect(ride.heading).toBeCloseTo(Math.PI / 6, 6);
  });

  it("lets one stand in the hall while sitting at home, and lean", () => {
    const ride = new Ride(new Object3D());
    ride.read(viewer(0, 1.1, 0), EYE_METRES);
    ride.read(viewer(0, 1.1, 0), EYE_METRES);
    expect(ride.head.y).toBeCloseTo(1.6, 6);
    ride.read(viewer(0, 1.0, 0), EYE_METRES);
    expect(ride.head.y).toBeCloseTo(1.5, 6);
    expect(ride.feet.y).toBeCloseTo(0, 6);
  });

  it("glides, but not through walls", () => {
    const ride = new Ride(new Object3D());
    const ground = room();
    for (let i = 0; i < 200; i++) {
      ride.read(viewer(0, 1.6, 0), null);
      ride.glide(1, 0, 0.03, ground);
    }
    ride.read(viewer(0, 1.6, 0), null);
    expect(ride.feet.z).toBeGreaterThan(-2.7);
    expect(ride.feet.z).toBeLessThan(-2.4);
  });
});
