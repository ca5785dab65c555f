/**
 * A body from head and hands, in closed form. Everything is in figure space: metres, origin on the ground below the body, +Y up, facing +Z.
 * Rest pose: T, all rest rotations identity. Results are bone positions and rotations in figure space; nothing is allocated after construction.
 */
import { Quaternion, Vector3 } from "three";
import { aim, safeRotation, squareTo } from "./frames";
import { hasLimbs, type Rig } from "./rig";

export interface HandTarget {
  /** False: the arm hangs and swings. */
  active: boolean;
  /** The wrist. */
  readonly wrist: Vector3;
  /** Of the hand bone: identity is the T-pose (palm down). */
  readonly rotation: Quaternion;
  /** How far each finger is closed, thumb first: 0 open, 1 fist. */
  readonly curls: Float32Array;
}

export interface Stance {
  /** The joint between neck and head. */
  readonly head: Vector3;
  readonly headRotation: Quaternion;
  readonly left: HandTarget;
  readonly right: HandTarget;
  seated: boolean;
  /** Height of the feet's rest above the ground when seated, metres (a wheelchair's footplates). */
  footrest_m: number;
  /** Walk cycle: phase in radians, and 0 (standing) … 1 (walking briskly). */
  stride: number;
  gait: number;
  /** -1 … 1, the breath. */
  breath: number;
}

export function makeHand(): HandTarget {
  return { active: false, wrist: new Vector3(), rotation: new Quaternion(), curls: new Float32Array(5).fill(RELAXED) };
}

export function makeStance(): Stance {
  return {
    head: new Vector3(),
    headRotation: new Quaternion(),
    left: makeHand(),
    right: makeHand(),
    seated: false,
    footrest_m: 0,
    stride: 0,
    gait: 0,
    breath: 0,
  };
}

/** How far a finger is closed that does nothing. */
export const RELAXED = 0.3;
const FINGERS = ["Index", "Middle", "Ring", "Little"] as const;
const FORWARD = new Vector3(0, 0, 1);
const BACK = new Vector3(0, 0, -1);
const UP = new Vector3(0, 1, 0);
const DOWN = new Vector3(0, -1, 0);
const IDENTITY = new Quaternion();
const REACH = 0.9985;
/** How far head and hands may be from the body before they are taken as noise, metres. */
const FAR_M = 3;

interface Limb {
  readonly sign: number;
  readonly shoulder: number;
  readonly upper: number;
  readonly lower: number;
  readonly end: number;
  readonly upper_m: number;
  readonly lower_m: number;
  readonly restDirection: Vector3;
}

interface Digits {
  readonly sign: number;
  /** Bones of each finger, thumb first, from the palm out; -1 where a figure lacks one. */
  readonly bones: readonly (readonly [number, number])[];
}

export class BodyIk {
  readonly position: readonly Vector3[];
  readonly rotation: readonly Quaternion[];
  readonly limbed: boolean;
  readonly #rig: Rig;
  readonly #arms: readonly Limb[];
  readonly #legs: readonly Limb[];
  readonly #digits: readonly Digits[];
  readonly #ids: { hips: number; spine: number; chest: number; neck: number; head: number };
  readonly #offsets: readonly Vector3[];
  // Scratch, named for their use.
  readonly #want = new Vector3();
  readonly #have = new Vector3();
  readonly #direction = new Vector3();
  readonly #pole = new Vector3();
  readonly #upperRun = new Vector3();
  readonly #lowerRun = new Vector3();
  readonly #target = new Vector3();
  readonly #head = new Vector3();
  readonly #headRotation = new Quaternion();
  readonly #lean = new Quaternion();
  readonly #turn = new Quaternion();
  readonly #q = new Quaternion();
  readonly #q2 = new Quaternion();
  readonly #foot = new Quaternion();
  readonly #back = new Vector3();

  constructor(rig: Rig) {
    this.#rig = rig;
    this.limbed = hasLimbs(rig);
    this.position = rig.rest.map((p) => p.clone());
    this.rotation = rig.rest.map(() => new Quaternion());
    this.#offsets = rig.rest.map((p, i) => {
      const parent = rig.parents[i]!;
      return parent < 0 ? p.clone() : p.clone().sub(rig.rest[parent]!);
    });
    const id = (name: string): number => rig.index.get(name) ?? -1;
    this.#ids = { hips: id("hips"), spine: id("spine"), chest: id("chest"), neck: id("neck"), head: id("head") };
    const limb = (sign: number, side: string, names: readonly [string, string, string, string]): Limb => {
      const [shoulder, upper, lower, end] = names.map((n) => id(n === "hips" ? n : side + n)) as [
        number,
        number,
        number,
        number,
      ];
      const r = rig.rest;
      return {
        sign,
        shoulder,
        upper,
        lower,
        end,
        upper_m: r[upper]!.distanceTo(r[lower]!),
        lower_m: r[lower]!.distanceTo(r[end]!),
        restDirection: r[lower]!.clone().sub(r[upper]!).normalize(),
      };
    };
    const sides = this.limbed ? ([[1, "left"] as const, [-1, "right"] as const] as const) : [];
    this.#arms = sides.map(([s, side]) => limb(s, side, ["Shoulder", "UpperArm", "LowerArm", "Hand"]));
    this.#legs = sides.map(([s, side]) => limb(s, side, ["hips", "UpperLeg", "LowerLeg", "Foot"]));
    this.#digits = sides.map(([sign, side]) => ({
      sign,
      bones: [
        [id(`${side}ThumbMetacarpal`), id(`${side}ThumbProximal`)] as const,
        ...FINGERS.map((f) => [id(`${side}${f}Proximal`), id(`${side}${f}Intermediate`)] as const),
      ],
    }));
  }

  /** Height of the head joint at rest, metres. */
  get restHead_m(): number {
    return this.#rig.rest[this.#ids.head]!.y;
  }

  get restHips_m(): number {
    return this.#rig.rest[this.#ids.hips]!.y;
  }

  solve(stance: Stance): void {
    const rest = this.#rig.rest;
    const { hips, head } = this.#ids;
    const q = safeRotation(this.#headRotation.copy(stance.headRotation));
    const h = this.#head.copy(stance.head).clampScalar(-FAR_M, FAR_M);
    if (!this.limbed) {
      this.#float(h, q);
      return;
    }
    // 1. Hips: mostly under the head, sinking with it; the trunk leans by the rest.
    const drop = rest[head]!.y - h.y;
    const aside = Math.hypot(h.x, h.z - rest[head]!.z);
    const p = this.position[hips]!.copy(rest[hips]!);
    p.x += h.x * 0.55;
    p.z += (h.z - rest[head]!.z) * 0.4;
    p.y -= stance.seated ? drop : Math.max(0, drop - aside * 0.25);
    p.z -= stance.seated ? 0 : Math.max(0, drop) * 0.12;
    const sway = stance.gait * Math.sin(stance.stride);
    this.rotation[hips]!.setFromAxisAngle(UP, sway * 0.09);
    // 2. Trunk: the rest spine turned so that it points at the head, following a part of its turn.
    this.#trunk(h, q, stance);
    for (const arm of this.#arms) this.#arm(arm, arm.sign > 0 ? stance.left : stance.right, stance);
    for (const leg of this.#legs) this.#leg(leg, stance);
    this.#fingers(stance);
    for (let i = 0; i < rest.length; i++) if (this.#loose(i)) this.#place(i, this.rotation[this.#rig.parents[i]!]!);
  }

  /** Bones that nothing above has set follow their parents: eyes and toes. */
  #loose(i: number): boolean {
    const name = this.#rig.names[i]!;
    return name.endsWith("Eye") || name.endsWith("Toes");
  }

  #float(h: Vector3, q: Quaternion): void {
    const { head, hips } = this.#ids;
    const names = this.#rig.names;
    for (let i = 0; i < names.length; i++) {
      const parent = this.#rig.parents[i]!;
      if (i === head) {
        this.position[i]!.copy(h);
        this.rotation[i]!.copy(q);
      } else if (i === hips) {
        this.position[i]!.copy(h);
        this.position[i]!.y += this.#rig.rest[hips]!.y - this.#rig.rest[head]!.y;
        this.rotation[i]!.identity();
      } else if (parent >= 0) this.#place(i, this.rotation[parent]!);
    }
  }

  /** Puts bone `i` at its parent's end and gives it a rotation in figure space. */
  #place(i: number, rotation: Quaternion): Vector3 {
    const parent = this.#rig.parents[i]!;
    const p = this.position[i]!.copy(this.#offsets[i]!);
    if (parent >= 0) p.applyQuaternion(this.rotation[parent]!).add(this.position[parent]!);
    if (rotation !== this.rotation[i]) this.rotation[i]!.copy(rotation);
    return p;
  }

  #trunk(h: Vector3, q: Quaternion, stance: Stance): void {
    const { hips, spine, chest, neck, head } = this.#ids;
    const rest = this.#rig.rest;
    const want = this.#want.copy(h).sub(this.position[hips]!);
    const have = this.#have.copy(rest[head]!).sub(rest[hips]!).normalize();
    if (want.lengthSq() < 1e-6) want.copy(UP);
    want.normalize();
    if (want.y < 0.15) want.setY(0.15).normalize();
    const lean = this.#lean.setFromUnitVectors(have, want);
    const yaw = Math.atan2(2 * (q.w * q.y + q.x * q.z), 1 - 2 * (q.y * q.y + q.x * q.x));
    const counter = -stance.gait * Math.sin(stance.stride) * 0.07;
    const turn = this.#turn.setFromAxisAngle(UP, Math.max(-0.5, Math.min(0.5, yaw * 0.25)) + counter);
    const s = this.rotation[spine]!.copy(IDENTITY).slerp(lean, 0.75);
    s.multiply(this.#q.copy(IDENTITY).slerp(turn, 0.5));
    this.#place(spine, s);
    const c = this.rotation[chest]!.copy(lean).multiply(turn);
    c.multiply(this.#q.setFromAxisAngle(BACK, 0)); // the chest keeps upright across
    c.multiply(this.#q.set(-0.006 * stance.breath, 0, 0, 1).normalize());
    this.#place(chest, c);
    this.#place(neck, this.#q2.copy(c).slerp(q, 0.45));
    this.#place(head, q);
    // The chain's end is brought to the head exactly by moving the whole trunk.
    const off = this.#want.copy(h).sub(this.position[head]!);
    for (const i of [hips, spine, chest, neck, head]) this.position[i]!.add(off);
  }

  /** Two bones from `root` to `target`: writes the unit runs of both; the target is drawn in when out of reach. */
  #twoBone(limb: Limb, root: Vector3, target: Vector3, pole: Vector3): void {
    const { upper_m: a, lower_m: b } = limb;
    const d = this.#direction.copy(target).sub(root);
    const length = Math.min(Math.max(d.length(), Math.abs(a - b) + 0.005), (a + b) * REACH);
    if (d.lengthSq() < 1e-10) d.copy(limb.restDirection);
    d.normalize();
    squareTo(pole, d);
    const cos = Math.min(1, Math.max(-1, (a * a + length * length - b * b) / (2 * a * length)));
    const sin = Math.sqrt(1 - cos * cos);
    this.#upperRun.copy(d).multiplyScalar(cos).addScaledVector(pole, sin);
    this.#lowerRun.copy(d).multiplyScalar(length).addScaledVector(this.#upperRun, -a).normalize();
  }

  #arm(arm: Limb, hand: HandTarget, stance: Stance): void {
    const s = arm.sign;
    const chest = this.rotation[this.#ids.chest]!;
    this.#place(arm.shoulder, chest);
    const root = this.#place(arm.upper, chest);
    const full = arm.upper_m + arm.lower_m;
    const target = this.#target;
    if (hand.active) target.copy(hand.wrist).clampScalar(-FAR_M, FAR_M);
    else if (stance.seated) {
      // Hands lie on the thighs.
      target.set(s * 0.13, 0, 0.3).add(this.position[this.#ids.hips]!);
      target.y += 0.135;
    } else {
      const swing = -s * Math.sin(stance.stride) * stance.gait;
      target.set(s * 0.085, -full * (0.955 - 0.02 * stance.gait), 0.05 + 0.21 * swing + 0.03 * stance.gait);
      target.applyQuaternion(this.#q.copy(IDENTITY).slerp(chest, 0.5)).add(root);
    }
    // The shoulder gives towards high and far hands.
    const raise = Math.max(-0.2, Math.min(1, (target.y - root.y) / 0.5));
    const forward = Math.max(0, Math.min(1, (target.z - root.z) / full));
    this.#q.setFromAxisAngle(FORWARD, s * (raise > 0 ? raise * 0.42 : raise * 0.12));
    this.#q2.setFromAxisAngle(UP, -s * forward * 0.16);
    this.#place(arm.shoulder, this.#q.premultiply(this.#q2).premultiply(chest));
    this.#place(arm.upper, this.rotation[arm.shoulder]!);
    const pole = this.#pole.set(s * 0.55, -1, -0.62);
    if (raise > 0) pole.addScaledVector(FORWARD, -0.5 * raise).addScaledVector(DOWN, 0.2);
    pole.applyQuaternion(this.#q.copy(IDENTITY).slerp(chest, 0.6));
    this.#twoBone(arm, root, target, pole);
    // The hinge opens towards the pole; the T-pose elbow points back.
    aim(arm.restDirection, BACK, this.#upperRun, pole, this.#q);
    this.#place(arm.upper, this.#q);
    if (hand.active) safeRotation(this.#foot.copy(hand.rotation));
    else if (stance.seated) {
      this.#pole.set(-s * 0.35, -0.28, 1);
      this.#back.set(s * 0.25, 1, 0.2);
      aim(arm.restDirection, UP, this.#pole, this.#back, this.#foot);
    } else {
      this.#back.set(s, 0, 0.25).applyQuaternion(chest);
      this.#want.copy(this.#lowerRun).addScaledVector(DOWN, 0.35).normalize();
      aim(arm.restDirection, UP, this.#want, this.#back, this.#foot);
    }
    // The forearm takes half of the wrist's turn about its own length.
    squareTo(this.#back.copy(UP).applyQuaternion(this.#foot), this.#lowerRun);
    this.#want.crossVectors(this.#back, this.#lowerRun).multiplyScalar(s);
    squareTo(pole.set(s * 0.55, -1, -0.62).addScaledVector(this.#upperRun, 0.3), this.#lowerRun);
    pole.lerp(this.#want.negate(), hand.active ? 0.4 : 0.15);
    aim(arm.restDirection, BACK, this.#lowerRun, pole, this.#q);
    this.#place(arm.lower, this.#q);
    this.#place(arm.end, this.#foot);
  }

  #leg(leg: Limb, stance: Stance): void {
    const s = leg.sign;
    const hips = this.rotation[this.#ids.hips]!;
    const root = this.#place(leg.upper, hips);
    const foot = this.#target.copy(this.#rig.rest[leg.end]!);
    const pole = this.#pole.set(s * 0.1, 0.05, 1);
    let pitch = 0;
    if (stance.seated) {
      foot.set(root.x + s * 0.025, foot.y + stance.footrest_m, root.z + 0.4);
      pole.set(s * 0.12, 1, 0.6);
    } else {
      const phase = stance.stride + (s > 0 ? 0 : Math.PI);
      const lift = Math.max(0, Math.cos(phase));
      foot.x += root.x * 0.25 + s * 0.012 * (1 - stance.gait);
      foot.z += 0.27 * Math.sin(phase) * stance.gait + s * 0.022 * (1 - stance.gait);
      foot.y += 0.085 * lift * stance.gait;
      pitch = (0.42 * lift - 0.28 * Math.max(0, Math.sin(phase)) * (1 - lift)) * stance.gait;
      foot.z += Math.max(-0.25, Math.min(0.25, root.z - this.#rig.rest[leg.upper]!.z)) * 0.6;
    }
    this.#twoBone(leg, root, foot, pole);
    // Thigh and shin keep their fronts towards the knee's side.
    this.#want.copy(pole);
    aim(leg.restDirection, FORWARD, this.#upperRun, this.#want, this.#q);
    this.#place(leg.upper, this.#q);
    aim(leg.restDirection, FORWARD, this.#lowerRun, this.#want, this.#q);
    this.#place(leg.lower, this.#q);
    this.#foot.setFromAxisAngle(UP, s * (stance.seated ? 0.06 : 0.11 * (1 - stance.gait)));
    this.#q.set(Math.sin(pitch / 2), 0, 0, Math.cos(pitch / 2));
    this.#place(leg.end, this.#foot.multiply(this.#q));
  }

  #fingers(stance: Stance): void {
    for (const { sign: s, bones } of this.#digits) {
      const hand = s > 0 ? stance.left : stance.right;
      for (let finger = 0; finger < bones.length; finger++) {
        const curl = hand.active ? Math.min(1, Math.max(0, hand.curls[finger]!)) : RELAXED;
        const [root, next] = bones[finger]!;
        if (finger === 0) {
          this.#bend(root, UP, s * (0.05 + curl * 0.42));
          this.#bend(next, UP, s * (0.05 + curl * 0.42));
        } else {
          this.#bend(root, FORWARD, -s * (0.08 + curl * 1.1));
          this.#bend(next, FORWARD, -s * (0.12 + curl * 1.35));
        }
      }
    }
  }

  #bend(bone: number, axis: Vector3, angle: number): void {
    if (bone < 0) return;
    this.#q2.setFromAxisAngle(axis, angle);
    this.#place(bone, this.#q.copy(this.rotation[this.#rig.parents[bone]!]!).multiply(this.#q2));
  }
}
