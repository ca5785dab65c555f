/** The teleport's parabola: thrown from a hand, it lands on floor or it does not. No drawing here. */
import { Vector3 } from "three";
import type { Ground } from "../world/collider";

export const ARC_POINTS = 32;
const SPEED_METRES_PER_S = 7;
const GRAVITY = 9.8;
const STEP_S = 0.05;
/** Room that a body needs over the place where it lands. */
const CLEARANCE_METRES = 0.3;

export class Arc {
  /** x, y, z of `count` points. */
  readonly points = new Float32Array(ARC_POINTS * 3);
  readonly landing = new Vector3();
  count = 0;
  /** True when `landing` is floor that one can stand on. */
  valid = false;
  readonly #at = new Vector3();
  readonly #next = new Vector3();
  readonly #velocity = new Vector3();
  readonly #direction = new Vector3();
  readonly #stood = new Vector3();

  throw(origin: Vector3, direction: Vector3, ground: Ground): void {
    this.#at.copy(origin);
    this.#velocity.copy(direction).multiplyScalar(SPEED_METRES_PER_S);
    this.valid = false;
    this.#at.toArray(this.points, 0);
    this.count = 1;
    while (this.count < ARC_POINTS) {
      this.#velocity.y -= GRAVITY * STEP_S;
      this.#next.copy(this.#at).addScaledVector(this.#velocity, STEP_S);
      const reach = this.#next.distanceTo(this.#at);
      this.#direction.subVectors(this.#next, this.#at).normalize();
      const surface = ground.hit(this.#at, this.#direction, reach, this.landing);
      if (surface) {
        this.landing.toArray(this.points, this.count++ * 3);
        this.valid = surface === "floor" && this.#stands(ground);
        return;
      }
      this.#at.copy(this.#next);
      this.#at.toArray(this.points, this.count++ * 3);
    }
  }

  /** A body put there is not pushed far away by a wall or table. */
  #stands(ground: Ground): boolean {
    this.#stood.copy(this.landing);
    ground.slide(this.#stood, 1e-4, 0);
    const moved = Math.hypot(this.#stood.x - this.landing.x, this.#stood.z - this.landing.z);
    if (moved > CLEARANCE_METRES) return false;
    this.landing.x = this.#stood.x;
    this.landing.z = this.#stood.z;
    return true;
  }
}
