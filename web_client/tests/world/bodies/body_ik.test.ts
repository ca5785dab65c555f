import { Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { makePose, POSE } from "../../../src/net/pose";
import { FLAG } from "../../../src/net/protocol.gen";
import { BodyIk, makeStance } from "../../../src/world/bodies/body_ik";
import { type Build, Heading } from "../../../src/world/bodies/heading";
import { looks, random, rig } from "./shipped";

const ADA = rig("ada.far.glb");
const id = (name: string): number => ADA.index.get(name)!;

function standing(ik: BodyIk): ReturnType<typeof makeStance> {
  const stance = makeStance();
  stance.head.copy(ADA.rest[id("head")]!);
  ik.solve(stance);
  return stance;
}

function finite(ik: BodyIk): boolean {
  return (
    ik.position.every((p) => Number.isFinite(p.x + p.y + p.z)) &&
    ik.rotation.every((q) => Math.abs(q.length() - 1) < 1e-6)
  );
}

describe("the solver", () => {
  it("stands upright at rest, feet on the floor, hands beside the thighs", () => {
    const ik = new BodyIk(ADA);
    standing(ik);
    expect(ik.position[id("head")]!.distanceTo(ADA.rest[id("head")]!)).toBeLessThan(1e-6);
    expect(ik.position[id("leftFoot")]!.y).toBeCloseTo(ADA.rest[id("leftFoot")]!.y, 2);
    expect(ik.position[id("leftHand")]!.y).toBeLessThan(ik.position[id("hips")]!.y);
    expect(ik.position[id("leftHand")]!.x).toBeGreaterThan(ADA.rest[id("leftUpperArm")]!.x);
  });

  it("puts both hands within a centimetre of every target in reach", () => {
    const ik = new BodyIk(ADA);
    const stance = standing(ik);
    const r = random(7);
    const length = ADA.rest[id("leftUpperArm")]!.distanceTo(ADA.rest[id("leftHand")]!);
    for (let i = 0; i < 2000; i++) {
      for (const [side, sign] of [
        ["left", 1],
        ["right", -1],
      ] as const) {
        const away = new Vector3(r() - 0.5, r() - 0.5, r() - 0.5).normalize();
        const shoulder = ADA.rest[id(`${side}UpperArm`)]!;
        stance[side].active = true;
        // The girdle moves by some centimetres, so "in reach" leaves that much at both ends.
        stance[side].wrist.copy(shoulder).addScaledVector(away, 0.14 + r() * (length - 0.26));
        stance[side].wrist.x += 0.01 * sign;
        stance[side].rotation.set(r() - 0.5, r() - 0.5, r() - 0.5, r() - 0.5).normalize();
      }
      ik.solve(stance);
      expect(ik.position[id("leftHand")]!.distanceTo(stance.left.wrist)).toBeLessThan(0.01);
      expect(ik.position[id("rightHand")]!.distanceTo(stance.right.wrist)).toBeLessThan(0.01);
      expect(ik.rotation[id("leftHand")]!.angleTo(stance.left.rotation)).toBeLessThan(1e-5);
    }
  });

  it("keeps every bone's length, whatever is asked", () => {
    const ik = new BodyIk(ADA);
    const stance = makeStance();
    const r = random(3);
    for (let i = 0; i < 500; i++) {
      stance.head.set(r() - 0.5, 0.6 + r(), r() - 0.5);
      stance.headRotation.set(r() - 0.5, r() - 0.5, r() - 0.5, r() - 0.5).normalize();
      stance.left.active = r() > 0.3;
      stance.left.wrist.set(2 * r() - 1, 2 * r(), 2 * r() - 1);
      stance.seated = r() > 0.7;
      stance.gait = r();
      stance.stride = r() * 7;
      ik.solve(stance);
      ADA.names.forEach((name, bone) => {
        const parent = ADA.parents[bone]!;
        if (parent < 0) return;
        const rest = ADA.rest[bone]!.distanceTo(ADA.rest[parent]!);
        expect(Math.abs(ik.position[bone]!.distanceTo(ik.position[parent]!) - rest), name).toBeLessThan(1e-6);
      });
    }
  });

  it("never answers with anything but numbers, even to noise", () => {
    const ik = new BodyIk(ADA);
    const stance = makeStance();
    const r = random(11);
    const odd = [0, -0, 1e-30, 1e30, -1e30, Number.MAX_VALUE, 1e-200, 1, -1];
    const any = (): number => (r() < 0.4 ? odd[Math.floor(r() * odd.length)]! : (r() - 0.5) * 10 ** (r() * 12 - 6));
    for (let i = 0; i < 5000; i++) {
      stance.head.set(any(), any(), any());
      stance.headRotation.set(any(), any(), any(), any());
      for (const hand of [stance.left, stance.right]) {
        hand.active = r() > 0.3;
        hand.wrist.set(any(), any(), any());
        hand.rotation.set(any(), any(), any(), any());
        hand.curls.fill(any());
      }
      stance.seated = r() > 0.5;
      stance.gait = r();
      ik.solve(stance);
      expect(finite(ik)).toBe(true);
    }
  });

  it("sits with knees in front and feet below them", () => {
    const ik = new BodyIk(ADA);
    const stance = makeStance();
    stance.seated = true;
    stance.head.copy(ADA.rest[id("head")]!).setY(ADA.rest[id("head")]!.y - 0.42);
    ik.solve(stance);
    const hips = ik.position[id("hips")]!;
    expect(ik.position[id("leftLowerLeg")]!.z).toBeGreaterThan(hips.z + 0.25);
    expect(ik.position[id("leftFoot")]!.y).toBeLessThan(0.2);
  });

  it("lets the guide float: no limbs are needed", () => {
    const guide = rig("guide.far.glb");
    const ik = new BodyIk(guide);
    const stance = makeStance();
    stance.head.set(0, 1.5, 0);
    stance.headRotation.setFromAxisAngle(new Vector3(0, 1, 0), 0.4);
    ik.solve(stance);
    expect(finite(ik)).toBe(true);
    expect(ik.position[guide.index.get("head")!]!.y).toBeCloseTo(1.5);
  });

  it("has a rig for every shipped look", () => {
    for (const look of looks().looks) expect(new BodyIk(rig(look.far.file)).limbed).toBe(look.kind === "reader");
  });
});

describe("the heading", () => {
  const ik = new BodyIk(ADA);
  const build: Build = { head_m: ik.restHead_m, hips_m: ik.restHips_m, height_m: 1.69, wheelchair: false };

  it("faces where a pose looks and stands upright whatever the person's own height", () => {
    for (const eye_m of [1.2, 1.6, 1.95]) {
      const heading = new Heading();
      const stance = makeStance();
      const pose = makePose();
      pose.set([3, eye_m, -2], POSE.head);
      const q = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), 0.8);
      pose.set([q.x, q.y, q.z, q.w], POSE.rotation);
      heading.apply(pose, 0, 0, 0, build, 1 / 60, stance);
      expect(heading.yaw).toBeCloseTo(0.8, 5);
      expect(heading.ground.toArray()).toEqual([3, 0, -2]);
      expect(stance.head.y).toBeCloseTo(ik.restHead_m, 2);
      expect(stance.headRotation.angleTo(new Quaternion())).toBeLessThan(1e-5);
    }
  });

  it("walks when the head moves and stops when it stops", () => {
    const heading = new Heading();
    const stance = makeStance();
    const pose = makePose();
    pose[1] = 1.6;
    for (let i = 0; i < 60; i++) {
      pose[2] = -1.3 * (i / 60);
      heading.apply(pose, 0, 0, 0, build, 1 / 60, stance);
    }
    expect(stance.gait).toBeGreaterThan(0.8);
    expect(heading.speed).toBeCloseTo(1.3, 1);
    for (let i = 0; i < 120; i++) heading.apply(pose, 0, 0, 0, build, 1 / 60, stance);
    expect(stance.gait).toBe(0);
    expect(heading.ground.z).toBeCloseTo(pose[2]!, 1);
  });

  it("carries a tracked hand to where the person holds it", () => {
    const heading = new Heading();
    const stance = makeStance();
    const pose = makePose();
    const eye_m = ik.restHead_m + 0.07;
    pose.set([0, eye_m, 0], POSE.head);
    pose.set([0.3, 1.3, -0.35], POSE.right);
    heading.apply(pose, 0, FLAG.hands | FLAG.right, 0, build, 1 / 60, stance);
    expect(stance.right.active).toBe(true);
    expect(stance.left.active).toBe(false);
    // The figure faces +Z: what is ahead and to the right of the person is +Z and -X; the wrist lies behind the palm.
    expect(stance.right.wrist.x).toBeCloseTo(-0.3, 2);
    expect(stance.right.wrist.z).toBeCloseTo(0.28, 1);
  });

  it("survives any finite pose", () => {
    const r = random(5);
    const heading = new Heading();
    const stance = makeStance();
    const pose = makePose();
    for (let i = 0; i < 3000; i++) {
      for (let k = 0; k < POSE.size; k++) pose[k] = (r() - 0.5) * 10 ** (r() * 60 - 30);
      heading.apply(pose, 0, Math.floor(r() * 256), r(), build, r() * 0.2, stance);
      ik.solve(stance);
      expect(finite(ik)).toBe(true);
      expect(Number.isFinite(heading.yaw + heading.ground.x + heading.ground.z + stance.stride)).toBe(true);
    }
  });
});
