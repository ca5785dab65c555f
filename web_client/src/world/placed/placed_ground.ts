/** The hall's ground with the placed furniture on it: one does not walk through a table. */
import { Vector3 } from "three";
import { type Ground, STEP_METRES, type Surface } from "../collider";
import { type BoxHit, pushOut } from "./box_ray";
import type { Thing } from "./thing";
import type { Things } from "./things";

const RADIUS_M = 0.26;
const HEAD_M = 1.7;
const CELL_M = 2;

export class PlacedGround implements Ground {
  readonly base: Ground;
  readonly #things: Things;
  /** Boxes by the cells of the floor plan that they touch; made anew when the things are others. */
  readonly #cells = new Map<number, Thing[]>();
  #version = -1;
  readonly #push = new Vector3();
  readonly #hit: BoxHit = { distance: 0, point: new Vector3(), normal: new Vector3() };

  constructor(base: Ground, things: Things) {
    this.base = base;
    this.#things = things;
  }

  slide(feet: Vector3, dx: number, dz: number): void {
    this.base.slide(feet, dx, dz);
    if (this.#things.all.size === 0) return;
    this.#sort();
    for (const thing of this.#cells.get(cellOf(feet.x, feet.z)) ?? []) {
      if (!blocks(thing, feet.y) || !pushOut(thing, feet.x, feet.z, RADIUS_M, this.#push)) continue;
      this.base.slide(feet, this.#push.x, this.#push.z);
    }
  }

  floor(x: number, from_y: number, z: number): number | null {
    return this.base.floor(x, from_y, z);
  }

  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal?: Vector3): Surface | null {
    const found = this.base.hit(origin, direction, reach, point, normal);
    const near = found ? point.distanceTo(origin) : reach;
    const thing = this.#things.under(origin, direction, near, this.#hit);
    if (!thing || thing.kind !== "model") return found;
    point.copy(this.#hit.point);
    normal?.copy(this.#hit.normal);
    return "wall";
  }

  #sort(): void {
    if (this.#version === this.#things.version) return;
    this.#version = this.#things.version;
    this.#cells.clear();
    for (const thing of this.#things.all.values()) {
      if (thing.kind !== "model") continue;
      const reach = Math.hypot(thing.size.x, thing.size.z) * 0.5 * thing.scale + RADIUS_M;
      const { x, z } = thing.position;
      for (let i = Math.floor((x - reach) / CELL_M); i <= Math.floor((x + reach) / CELL_M); i++)
        for (let k = Math.floor((z - reach) / CELL_M); k <= Math.floor((z + reach) / CELL_M); k++) {
          const key = i * 4096 + k;
          const here = this.#cells.get(key);
          if (here) here.push(thing);
          else this.#cells.set(key, [thing]);
        }
    }
  }
}

function cellOf(x: number, z: number): number {
  return Math.floor(x / CELL_M) * 4096 + Math.floor(z / CELL_M);
}

/** Rugs and other low things are stepped over, lamps above the head are walked under. */
function blocks({ position, size, middle, scale }: Thing, feet_y: number): boolean {
  const low = position.y + (middle.y - size.y / 2) * scale;
  const high = low + size.y * scale;
  return high > feet_y + STEP_METRES && low < feet_y + HEAD_M;
}
