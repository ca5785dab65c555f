/**
 * Where a body stands and which way it faces, from the head's pose alone: the ground point follows the head (at once when walking, loosely when
 * leaning), the heading follows the gaze once it has turned far enough or the person walks.
 */
import { Quaternion, Vector3 } from "three";
import { FLAG } from "../../net/protocol.gen";
import { FINGERS, POSE, readCurl } from "../../net/pose";
import { type HandTarget, RELAXED, type Stance } from "./body_ik";
import { safeRotation } from "./frames";

/** Where the eyes are from the joint between neck and head, metres at nominal height. */
const EYES = new Vector3(0, 0.07, 0.075);
const NOMINAL_M = 1.735;
/** From the palm to the wrist along the fingers. */
const PALM_M = 0.07;
const LEAN_M = 0.28;
const STRIDE_M = 0.74;
const SEAT_M = 0.47;
const UP = new Vector3(0, 1, 0);

export interface Build {
  /** Height of the head joint and hips at rest, metres. */
  readonly head_m: number;
  readonly hips_m: number;
  readonly height_m: number;
  readonly wheelchair: boolean;
}

const FOOTPLATE_M = 0.045;
const CHAIR_SEAT_M = 0.5;

const q = new Quaternion();
const palm = new Quaternion();
const half = new Quaternion(0, 1, 0, 0); // half a turn about +Y: bones face +Z, a pose looks along -Z
const v = new Vector3();
const eyes = new Vector3();
const forward = new Vector3();

export class Heading {
  /** Ground point in room metres and yaw (radians; 0 looks along -Z as a pose does). */
  readonly ground = new Vector3();
  yaw = 0;
  speed = 0;
  readonly #last = new Vector3();
  #standing_m = 0;
  #known = false;
  readonly #inverse = new Quaternion();

  /** The figure's rotation in the room. */
  rotation(out: Quaternion): Quaternion {
    return out.setFromAxisAngle(UP, this.yaw + Math.PI);
  }

  /** Forgets the past: the next pose is taken as it comes. */
  reset(): void {
    this.#known = false;
    this.#standing_m = 0;
  }

  /** Turns a pose (numbers laid out as `POSE`, from index `at`) into a stance. `ground_m` is the floor's height, `dt` seconds. */
  apply(
    pose: Float32Array,
    at: number,
    flags: number,
    ground_m: number,
    build: Build,
    dt: number,
    stance: Stance,
  ): void {
    const seatedByFlag = (flags & FLAG.seated) !== 0;
    stance.seated = seatedByFlag || build.wheelchair;
    stance.footrest_m = build.wheelchair ? FOOTPLATE_M : 0;
    const x = finite(pose[at + POSE.head]);
    const y = finite(pose[at + POSE.head + 1]);
    const z = finite(pose[at + POSE.head + 2]);
    const h = POSE.rotation + at;
    q.set(finite(pose[h]), finite(pose[h + 1]), finite(pose[h + 2]), finite(pose[h + 3]));
    safeRotation(q);
    forward.set(0, 0, -1).applyQuaternion(q);
    // Looking straight up or down says nothing about where the body faces; the head's own up then does.
    if (Math.hypot(forward.x, forward.z) < 0.2) {
      const sign = forward.y > 0 ? -1 : 1;
      forward.set(0, sign, 0).applyQuaternion(q);
    }
    const gaze = Math.atan2(-forward.x, -forward.z);
    this.#follow(x, ground_m, z, gaze, dt, stance.seated);

    // The figure's own space.
    this.rotation(this.#inverse).invert();
    stance.headRotation.copy(this.#inverse).multiply(q).multiply(half);
    const scale = build.height_m / NOMINAL_M;
    eyes.copy(EYES).multiplyScalar(scale);
    const restEyes = build.head_m + eyes.y;
    const eye_m = this.#height(y - ground_m, restEyes, flags, build);
    v.set(x - this.ground.x, 0, z - this.ground.z).applyQuaternion(this.#inverse);
    v.y = eye_m;
    // The body stands upright at rest when the head is level; only a real lean of the head's place leans it.
    stance.head.copy(v).sub(eyes.applyQuaternion(stance.headRotation));
    stance.head.z += EYES.z * scale * 0.85;
    if (flags & FLAG.hands) {
      const rise = eye_m - (y - ground_m);
      this.#hand(stance.left, pose, at + POSE.left, 1, rise, ground_m, scale, (flags & FLAG.left) !== 0);
      this.#hand(stance.right, pose, at + POSE.right, -1, rise, ground_m, scale, (flags & FLAG.right) !== 0);
      for (let finger = 0; finger < FINGERS; finger++) {
        const known = (flags & FLAG.fingers) !== 0;
        stance.left.curls[finger] = known ? readCurl(pose, at, "left", finger) : RELAXED;
        stance.right.curls[finger] = known ? readCurl(pose, at, "right", finger) : RELAXED;
      }
    } else {
      stance.left.active = false;
      stance.right.active = false;
    }
    const pace = Math.min(1, this.speed / 1.3);
    const wanted = stance.seated ? 0 : pace < 0.12 ? 0 : pace;
    stance.gait += (wanted - stance.gait) * Math.min(1, dt * 7);
    if (stance.gait < 0.004) stance.gait = 0;
    stance.stride = (stance.stride + ((this.speed * dt) / (STRIDE_M * scale)) * Math.PI) % (2 * Math.PI);
  }

  #follow(x: number, y: number, z: number, gaze: number, dt: number, seated: boolean): void {
    if (!this.#known) {
      this.#known = true;
      this.ground.set(x, y, z);
      this.#last.set(x, y, z);
      this.yaw = gaze;
      this.speed = 0;
      return;
    }
    const dx = x - this.#last.x;
    const dz = z - this.#last.z;
    this.#last.set(x, y, z);
    const moved = Math.hypot(dx, dz);
    if (moved > 2.5) {
      this.ground.set(x, y, z);
      this.yaw = gaze;
      this.speed = 0;
      return;
    }
    if (dt > 0) this.speed += (Math.min(3, moved / dt) - this.speed) * Math.min(1, dt * 8);
    const tight = seated ? 2 : 1.5 + 12 * Math.min(1, this.speed / 0.8);
    const k = Math.min(1, dt * tight);
    this.ground.x += (x - this.ground.x) * k;
    this.ground.z += (z - this.ground.z) * k;
    this.ground.y = y;
    const off = Math.hypot(x - this.ground.x, z - this.ground.z);
    if (off > LEAN_M) {
      this.ground.x = x + ((this.ground.x - x) * LEAN_M) / off;
      this.ground.z = z + ((this.ground.z - z) * LEAN_M) / off;
    }
    const turn = wrap(gaze - this.yaw);
    const free = seated ? 1.2 : 0.6 * (1 - Math.min(1, this.speed / 0.6));
    const past = Math.abs(turn) - free;
    if (past > 0) this.yaw = wrap(this.yaw + Math.sign(turn) * past * Math.min(1, dt * 9));
    else if (!seated) this.yaw = wrap(this.yaw + turn * Math.min(1, dt * 0.5));
    // Never let a head turn further than a neck can.
    const rest = wrap(gaze - this.yaw);
    if (Math.abs(rest) > 1.5) this.yaw = wrap(gaze - Math.sign(rest) * 1.5);
  }

  /** Eye height on this body for a person's own eye height: people of every size stand upright in the look that they chose. */
  #height(eye_m: number, rest_m: number, flags: number, build: Build): number {
    const seat = build.wheelchair ? CHAIR_SEAT_M : SEAT_M;
    const seated_m = rest_m - (build.hips_m - seat - 0.055);
    if (build.wheelchair) return seated_m;
    if (flags & FLAG.seated) return flags & FLAG.hands ? Math.min(rest_m, Math.max(0.75, eye_m)) : seated_m;
    if (!(flags & FLAG.hands)) return rest_m;
    this.#standing_m = Math.max(this.#standing_m, Math.min(2.1, Math.max(1.3, eye_m)));
    return Math.min(rest_m, Math.max(0.35, (eye_m * rest_m) / this.#standing_m));
  }

  #hand(
    hand: HandTarget,
    pose: Float32Array,
    at: number,
    side: number,
    rise: number,
    ground_m: number,
    scale: number,
    tracked: boolean,
  ): void {
    hand.active = tracked;
    if (!tracked) return;
    hand.wrist.set(
      finite(pose[at]) - this.ground.x,
      finite(pose[at + 1]) - ground_m + rise,
      finite(pose[at + 2]) - this.ground.z,
    );
    hand.wrist.applyQuaternion(this.#inverse);
    palm.set(finite(pose[at + 3]), finite(pose[at + 4]), finite(pose[at + 5]), finite(pose[at + 6]));
    safeRotation(palm);
    // A pose's hand points along -Z with its back up; the bone's fingers lie along ±X.
    q.setFromAxisAngle(UP, (side * Math.PI) / 2);
    hand.rotation.copy(this.#inverse).multiply(palm).multiply(q);
    v.set(side, 0, 0).applyQuaternion(hand.rotation);
    hand.wrist.addScaledVector(v, -PALM_M * scale);
  }
}

export function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? Math.max(-1e5, Math.min(1e5, value)) : 0;
}

export function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
