/** One's own body: where it stands, where it looks, how it walks. Knows nothing of keys, screens or headsets. */
import { Vector3 } from "three";
import { type Ground, STEP_METRES } from "./collider";

export const EYE_METRES = 1.6;
export const SEATED_EYE_METRES = 1.18;
const WALK_METRES_PER_S = 2.2;
const FAST_METRES_PER_S = 4.4;
const TURN_RADIANS_PER_S = 1.9;
const GRAVITY = 9.8;
const PITCH_LIMIT = 1.35;
/** How quickly the wished speed is taken up, a second. */
const AGILITY = 10;
/** Eyes follow the floor over steps with this quickness, so that stairs do not shake. */
const EYE_AGILITY = 12;
const ARRIVED_METRES = 0.12;
/** On the way to a click: blocked for so long means that this is as near as one gets. */
const STUCK_S = 0.5;

/** What a person wants now: −1 to 1 each. */
export interface Intent {
  forward: number;
  sideways: number;
  turn: number;
  fast: boolean;
}

export interface Stand {
  position: readonly [number, number, number];
  /** Radians; 0 looks along −Z, positive turns left. */
  heading: number;
}

export class Walker {
  readonly feet = new Vector3();
  /** Where the feet are drawn: follows `feet` over steps without jerks. */
  readonly shown = new Vector3();
  heading = 0;
  pitch = 0;
  seated = false;
  eye_metres = EYE_METRES;
  reducedMotion = false;
  ground: Ground;
  readonly #velocity = new Vector3();
  readonly #goal = new Vector3();
  readonly #rise = new Vector3();
  #fall = 0;
  #walking_to = false;
  #stuck_s = 0;
  #arrived: (() => void) | null = null;

  constructor(ground: Ground) {
    this.ground = ground;
  }

  /** Metres a second over the floor. */
  get speed(): number {
    return Math.hypot(this.#velocity.x, this.#velocity.z);
  }

  get goal(): Vector3 | null {
    return this.#walking_to ? this.#goal : null;
  }

  /** Puts the body somewhere at once. */
  place({ position, heading }: Stand): void {
    this.cancel();
    this.feet.set(...position);
    this.heading = heading;
    this.pitch = 0;
    this.#fall = 0;
    this.#velocity.set(0, 0, 0);
    this.shown.copy(this.feet);
    this.seated = false;
  }

  /** Walks in a straight line towards a point on the floor, sliding past what is in the way. `arrived` is called when it is reached. */
  walkTo(point: Vector3, arrived: (() => void) | null = null): void {
    if (this.seated) this.stand();
    this.#goal.copy(point);
    this.#walking_to = true;
    this.#stuck_s = 0;
    this.#arrived = arrived;
  }

  cancel(): void {
    this.#walking_to = false;
    this.#arrived = null;
  }

  sit(seat: Stand): void {
    this.place(seat);
    this.seated = true;
  }

  /** Where the person stood up from is where they are; the ground puts them right. */
  stand(): void {
    if (!this.seated) return;
    this.seated = false;
    this.#rise.set(-Math.sin(this.heading) * 0.45, 0, -Math.cos(this.heading) * 0.45);
    this.ground.slide(this.feet, this.#rise.x, this.#rise.z);
  }

  look(turn: number, tilt: number): void {
    this.heading = wrap(this.heading + turn);
    this.pitch = Math.max(-PITCH_LIMIT, Math.min(PITCH_LIMIT, this.pitch + tilt));
  }

  step(dt: number, intent: Intent): void {
    this.look(intent.turn * TURN_RADIANS_PER_S * dt, 0);
    const wishes = intent.forward !== 0 || intent.sideways !== 0;
    if (wishes) {
      this.cancel();
      if (this.seated) this.stand();
    }
    if (!this.seated) {
      this.#stride(dt, intent, wishes);
      this.#settle(dt);
    }
    const ease = this.reducedMotion ? 1 : 1 - Math.exp(-EYE_AGILITY * dt);
    this.shown.x = this.feet.x;
    this.shown.z = this.feet.z;
    this.shown.y += (this.feet.y - this.shown.y) * ease;
    const eyes = this.seated ? SEATED_EYE_METRES : EYE_METRES;
    this.eye_metres += (eyes - this.eye_metres) * ease;
  }

  #stride(dt: number, intent: Intent, wishes: boolean): void {
    let x = 0;
    let z = 0;
    const pace = intent.fast ? FAST_METRES_PER_S : WALK_METRES_PER_S;
    if (wishes) {
      const sin = Math.sin(this.heading);
      const cos = Math.cos(this.heading);
      const norm = Math.max(1, Math.hypot(intent.forward, intent.sideways));
      x = ((-sin * intent.forward + cos * intent.sideways) / norm) * pace;
      z = ((-cos * intent.forward - sin * intent.sideways) / norm) * pace;
    } else if (this.#walking_to) {
      const dx = this.#goal.x - this.feet.x;
      const dz = this.#goal.z - this.feet.z;
      const far = Math.hypot(dx, dz);
      // Slows down in time not to run past the point at a low frame rate.
      const speed = Math.min(WALK_METRES_PER_S * 1.3, far / Math.max(dt, 0.12));
      x = (dx / (far || 1)) * speed;
      z = (dz / (far || 1)) * speed;
      if (far < ARRIVED_METRES) return this.#arrive();
    }
    const take = 1 - Math.exp(-AGILITY * dt);
    this.#velocity.x += (x - this.#velocity.x) * take;
    this.#velocity.z += (z - this.#velocity.z) * take;
    if (this.speed < 0.01) {
      this.#velocity.set(0, 0, 0);
      return;
    }
    const from_x = this.feet.x;
    const from_z = this.feet.z;
    this.ground.slide(this.feet, this.#velocity.x * dt, this.#velocity.z * dt);
    const went = Math.hypot(this.feet.x - from_x, this.feet.z - from_z) / dt;
    if (!this.#walking_to) return;
    this.#stuck_s = went < 0.25 * this.speed ? this.#stuck_s + dt : 0;
    if (this.#stuck_s > STUCK_S) this.#arrive();
  }

  #arrive(): void {
    const arrived = this.#arrived;
    this.cancel();
    this.#velocity.set(0, 0, 0);
    arrived?.();
  }

  /** Up steps at once, down by gravity. */
  #settle(dt: number): void {
    const floor = this.ground.floor(this.feet.x, this.feet.y + STEP_METRES + 0.01, this.feet.z);
    if (floor === null) return;
    if (floor >= this.feet.y - STEP_METRES) {
      this.feet.y = floor;
      this.#fall = 0;
      return;
    }
    this.#fall += GRAVITY * dt;
    this.feet.y = Math.max(floor, this.feet.y - this.#fall * dt);
  }
}

export function wrap(radians: number): number {
  return radians - 2 * Math.PI * Math.round(radians / (2 * Math.PI));
}
