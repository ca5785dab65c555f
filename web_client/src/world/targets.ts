/** Things in the world that can be acted on: where they are, so that rays, clicks and keys find the same `act` as the DOM's list. */
import { Ray, Sphere, Vector3 } from "three";
import type { Actionable } from "../hall/state";
import type { Ground } from "./collider";

export interface Target extends Actionable {
  /** Middle of a sphere that stands for it. Live: it moves with the thing. */
  at: Vector3;
  radius_metres: number;
}

/** Things too many to be kept one by one: asked when a ray goes out, or for those worth listing. */
export interface TargetSource {
  list(): Iterable<Target>;
  get(id: string): Target | undefined;
  under(origin: Vector3, direction: Vector3, within_metres: number): { target: Target; distance: number } | null;
}

const BEHIND_METRES = 0.5;
const REACH_METRES = 30;
/** A little help for hands that shake: targets count this much larger a metre of distance. */
const SLACK_PER_METRE = 0.006;

export class Targets {
  readonly #all = new Map<string, Target>();
  #source: TargetSource | null = null;
  readonly #sphere = new Sphere();
  readonly #ray = new Ray();
  readonly #point = new Vector3();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  put(target: Target): void {
    this.#all.set(target.id, target);
    this.#changed();
  }

  remove(id: string): void {
    if (this.#all.delete(id)) this.#changed();
  }

  get(id: string): Target | undefined {
    return this.#all.get(id) ?? this.#source?.get(id);
  }

  list(): Target[] {
    return [...this.#all.values(), ...(this.#source?.list() ?? [])];
  }

  /** Asks this source from now on (null: none). */
  ask(source: TargetSource | null): void {
    this.#source = source;
    this.#changed();
  }

  /** The nearest target that a ray meets and that no wall hides, or null. */
  under(origin: Vector3, direction: Vector3, ground: Ground): Target | null {
    this.#ray.origin.copy(origin);
    this.#ray.direction.copy(direction);
    let best: Target | null = null;
    let nearest = REACH_METRES;
    for (const target of this.#all.values()) {
      const far = target.at.distanceTo(origin);
      if (far - target.radius_metres > nearest) continue;
      this.#sphere.center.copy(target.at);
      this.#sphere.radius = target.radius_metres + far * SLACK_PER_METRE;
      if (!this.#ray.intersectSphere(this.#sphere, this.#point)) continue;
      const distance = this.#point.distanceTo(origin);
      if (distance >= nearest) continue;
      best = target;
      nearest = distance;
    }
    const sourced = this.#source?.under(origin, direction, nearest);
    if (sourced) {
      best = sourced.target;
      nearest = sourced.distance;
    }
    if (!best) return null;
    const hidden =
      ground.hit(origin, direction, nearest, this.#point) !== null &&
      this.#point.distanceTo(origin) < nearest - BEHIND_METRES;
    return hidden ? null : best;
  }
}
