/** All placed things of the room: where each is seen, what a ray meets, what glides where. Knows nothing of drawing. */
import { Quaternion, Vector3 } from "three";
import { type BoxHit, hitBox } from "./box_ray";
import { type Extent, Thing } from "./thing";
import type { Placement, Transform } from "../../net/protocol.gen";

/** A thing that was put right, or moved by somebody else, gets there in this time. */
const GLIDE_S = 0.22;

export interface ThingsListener {
  came(thing: Thing): void;
  /** Its components are others. */
  changed(thing: Thing): void;
  moved(thing: Thing): void;
  went(thing: Thing): void;
}

interface Glide {
  thing: Thing;
  readonly position: Vector3;
  readonly rotation: Quaternion;
  scale: number;
  left_s: number;
}

export class Things {
  readonly all = new Map<string, Thing>();
  reducedMotion = false;
  /** Size of a model by its address, from whoever knows it first. */
  readonly extents = new Map<string, Extent>();
  readonly #listeners = new Set<ThingsListener>();
  /** Things whose shown place belongs to a drag, not to the server's word. */
  readonly #held = new Set<string>();
  readonly #glides = new Map<string, Glide>();
  readonly #hit: BoxHit = { distance: 0, point: new Vector3(), normal: new Vector3() };
  /** Grows with every change: who keeps a plan of them sees that it is old. */
  version = 0;

  listen(listener: ThingsListener): void {
    this.#listeners.add(listener);
  }

  put(placement: Placement): Thing {
    this.version++;
    const known = this.all.get(placement.entity.id);
    if (known) return this.#change(known, placement);
    const thing = new Thing(placement);
    this.#extend(thing);
    this.all.set(thing.id, thing);
    for (const one of this.#listeners) one.came(thing);
    return thing;
  }

  #change(thing: Thing, placement: Placement): Thing {
    thing.become(placement);
    this.#extend(thing);
    for (const one of this.#listeners) one.changed(thing);
    if (!this.#held.has(thing.id)) this.#glideTo(thing, placement.entity.transform);
    return thing;
  }

  remove(id: string): void {
    const thing = this.all.get(id);
    if (!thing) return;
    this.version++;
    this.all.delete(id);
    this.#held.delete(id);
    this.#glides.delete(id);
    for (const one of this.#listeners) one.went(thing);
  }

  reset(placed: Iterable<Placement>): void {
    const here = new Set<string>();
    for (const placement of placed) {
      here.add(placement.entity.id);
      this.put(placement);
    }
    for (const id of [...this.all.keys()]) if (!here.has(id)) this.remove(id);
  }

  /** A model's size became known. */
  extend(url: string, extent: Extent): void {
    if (this.extents.has(url)) return;
    this.extents.set(url, extent);
    for (const thing of this.all.values()) if (thing.entity.model?.url === url) this.#extend(thing);
    this.version++;
  }

  #extend(thing: Thing): void {
    const extent = thing.entity.model && this.extents.get(thing.entity.model.url);
    if (extent) thing.extend(extent);
  }

  /** Shows a thing where a drag has it, until `letGo`. */
  hold(id: string, transform: Transform): void {
    const thing = this.all.get(id);
    if (!thing) return;
    this.#held.add(id);
    this.#glides.delete(id);
    thing.moveTo(transform);
    this.#moved(thing);
  }

  /** The drag is over: the thing glides to where the server has it. */
  letGo(id: string): void {
    if (!this.#held.delete(id)) return;
    const thing = this.all.get(id);
    if (thing) this.#glideTo(thing, thing.entity.transform);
  }

  isHeld(id: string): boolean {
    return this.#held.has(id);
  }

  #glideTo(thing: Thing, to: Transform): void {
    const glide: Glide = {
      thing,
      position: new Vector3(...to.position),
      rotation: new Quaternion(...(to.rotation ?? [0, 0, 0, 1])),
      scale: to.scale ?? 1,
      left_s: GLIDE_S,
    };
    const still =
      glide.position.distanceTo(thing.position) < 1e-4 &&
      Math.abs(glide.rotation.dot(thing.rotation)) > 1 - 1e-7 &&
      Math.abs(glide.scale - thing.scale) < 1e-4;
    if (still || this.reducedMotion) {
      this.#glides.delete(thing.id);
      thing.moveTo(to);
      this.#moved(thing);
    } else this.#glides.set(thing.id, glide);
  }

  #moved(thing: Thing): void {
    this.version++;
    for (const one of this.#listeners) one.moved(thing);
  }

  update(dt: number): void {
    for (const [id, glide] of this.#glides) {
      const { thing } = glide;
      const share = Math.min(1, dt / glide.left_s);
      glide.left_s -= dt;
      thing.position.lerp(glide.position, share);
      thing.rotation.slerp(glide.rotation, share);
      thing.scale += (glide.scale - thing.scale) * share;
      if (glide.left_s <= 1e-6) this.#glides.delete(id);
      this.#moved(thing);
    }
  }

  /** The nearest thing whose box a ray meets within `reach`, written to `out`. */
  under(origin: Vector3, direction: Vector3, reach: number, out: BoxHit, except?: string): Thing | null {
    let found: Thing | null = null;
    let nearest = reach;
    for (const thing of this.all.values()) {
      if (thing.id === except || !hitBox(thing, origin, direction, nearest, this.#hit)) continue;
      found = thing;
      nearest = this.#hit.distance;
      out.distance = nearest;
      out.point.copy(this.#hit.point);
      out.normal.copy(this.#hit.normal);
    }
    return found;
  }
}
