/** What a ray meets: surfaces to put things on, and things to choose. */
import { Vector3 } from "three";
import type { Ground } from "../world/collider";
import type { BoxHit } from "../world/placed/box_ray";
import { PlacedGround } from "../world/placed/placed_ground";
import type { Thing } from "../world/placed/thing";
import type { Things } from "../world/placed/things";
import type { Surface } from "./snap";

export const REACH_M = 30;
/** A thing that lies this far behind a wall is hidden by it; boxes stick a little into walls. */
const HIDDEN_M = 0.15;

export class Aim {
  readonly #things: Things;
  readonly #ground: () => Ground;
  readonly #hit: BoxHit = { distance: 0, point: new Vector3(), normal: new Vector3() };
  readonly #surface: Surface = { point: new Vector3(), normal: new Vector3() };
  readonly #point = new Vector3();

  constructor(things: Things, ground: () => Ground) {
    this.#things = things;
    this.#ground = ground;
  }

  /** The hall without the things in it. */
  get hall(): Ground {
    const ground = this.#ground();
    return ground instanceof PlacedGround ? ground.base : ground;
  }

  /** Floor, wall, or the side or top of a thing other than `except`; the answer is overwritten by the next call. */
  surface(origin: Vector3, direction: Vector3, except: string): Surface | null {
    const { point, normal } = this.#surface;
    const found = this.hall.hit(origin, direction, REACH_M, point, normal);
    const near = found ? point.distanceTo(origin) : REACH_M;
    const thing = this.#things.under(origin, direction, near, this.#hit, except);
    if (thing?.kind === "model") {
      point.copy(this.#hit.point);
      normal.copy(this.#hit.normal);
      return this.#surface;
    }
    return found ? this.#surface : null;
  }

  thing(origin: Vector3, direction: Vector3, except: string): Thing | null {
    const thing = this.#things.under(origin, direction, REACH_M, this.#hit, except);
    if (!thing) return null;
    const wall = this.hall.hit(origin, direction, this.#hit.distance, this.#point);
    return wall && this.#point.distanceTo(origin) < this.#hit.distance - HIDDEN_M ? null : thing;
  }
}
