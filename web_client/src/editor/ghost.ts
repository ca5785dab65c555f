/** What is being placed, shown where it would stand before it is there. */
import { Vector3 } from "three";
import type { Transform } from "../net/protocol.gen";
import type { Thing } from "../world/placed/thing";
import type { Things } from "../world/placed/things";
import type { Source } from "./contract";

export const GHOST = "ghost";

export class Ghost {
  source: Source | null = null;
  /** How it is turned on a floor, beside facing the person. */
  turn = 0;
  scale = 1;
  /** Where it would stand; null while the pointer is where nothing can. */
  transform: Transform | null = null;
  readonly #things: Things;

  constructor(things: Things) {
    this.#things = things;
  }

  get thing(): Thing | null {
    return (this.source && this.#things.all.get(GHOST)) ?? null;
  }

  show(source: Source): Thing {
    this.hide();
    this.source = source;
    this.turn = 0;
    this.scale = 1;
    return this.#put({ position: [0, -100, 0] });
  }

  #put(transform: Transform): Thing {
    const { source } = this;
    return this.#things.put({ entity: { id: GHOST, ...source!.entity, transform }, owner: "" });
  }

  at(transform: Transform | null): void {
    this.transform = transform;
    if (!transform || !this.source) return;
    if (!this.#things.all.has(GHOST)) this.#put(transform);
    this.#things.hold(GHOST, transform);
  }

  hide(): void {
    this.source = null;
    this.transform = null;
    this.#things.remove(GHOST);
  }
}

/** A fresh id, as the room wants them from us. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `t-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Moves a copy aside, so that it does not hide in the thing it was made of. */
export function aside(thing: Thing, gap_m: number): Transform {
  const right = new Vector3(1, 0, 0).applyQuaternion(thing.rotation);
  const position = thing.position.clone().addScaledVector(right, thing.size.x * thing.scale + gap_m);
  return { ...thing.transform(), position: position.toArray() };
}
