/** Things that others carry: between the places that the frames bring they move as smoothly as bodies. */
import { Quaternion, Vector3 } from "three";
import type { Drag } from "../../net/drag";
import type { Grabbed } from "../../net/protocol.gen";
import type { Things } from "./things";

/** Behind the newest word by this much, so that there is nearly always a next one to go to. */
const DELAY_MS = 120;
const KEPT = 6;

interface Sample {
  room_ms: number;
  readonly position: Vector3;
  readonly rotation: Quaternion;
  scale: number;
}

interface Carried {
  entity: string;
  participant: string;
  slot: number;
  samples: Sample[];
}

export class Drags {
  readonly #by_entity = new Map<string, Carried>();
  readonly #things: Things;
  /** Own drags are shown at once, not when they come back. */
  own = "";
  readonly #position = new Vector3();
  readonly #rotation = new Quaternion();

  constructor(things: Things) {
    this.#things = things;
  }

  /** Participant who holds it, or null. */
  holder(entity: string): string | null {
    return this.#by_entity.get(entity)?.participant ?? null;
  }

  *held(): Iterable<{ entity: string; participant: string }> {
    yield* this.#by_entity.values();
  }

  grabbed({ entity, participant, slot }: Grabbed): void {
    this.#by_entity.set(entity, { entity, participant, slot, samples: [] });
    this.#tell(entity, participant);
  }

  released(entity: string): void {
    const carried = this.#by_entity.get(entity);
    if (!carried) return;
    this.#by_entity.delete(entity);
    this.#tell(entity, null);
    if (carried.participant !== this.own) this.#things.letGo(entity);
  }

  /** After a fresh welcome: exactly these are held. */
  reset(held: readonly Grabbed[]): void {
    for (const entity of [...this.#by_entity.keys()]) this.released(entity);
    for (const one of held) this.grabbed(one);
  }

  #tell(entity: string, participant: string | null): void {
    const thing = this.#things.all.get(entity);
    if (thing) thing.holder = participant;
  }

  drag({ slot, position, rotation, scale }: Drag, room_ms: number): void {
    for (const carried of this.#by_entity.values()) {
      if (carried.slot !== slot || carried.participant === this.own) continue;
      const { samples } = carried;
      const newest = samples.at(-1);
      if (newest && newest.room_ms >= room_ms) continue;
      if (samples.length === KEPT) samples.shift();
      samples.push({ room_ms, position: new Vector3(...position), rotation: new Quaternion(...rotation), scale });
    }
  }

  update(room_ms: number): void {
    for (const { entity, samples } of this.#by_entity.values()) {
      const newest = samples.at(-1);
      if (!newest) continue;
      const at = room_ms - DELAY_MS;
      let after = newest;
      let before = newest;
      for (let i = samples.length - 1; i >= 0 && before.room_ms > at; i--) {
        after = before;
        before = samples[i]!;
      }
      const span = after.room_ms - before.room_ms;
      const share = span > 0 ? Math.min(1, Math.max(0, (at - before.room_ms) / span)) : 1;
      this.#position.lerpVectors(before.position, after.position, share);
      this.#rotation.slerpQuaternions(before.rotation, after.rotation, share);
      this.#things.hold(entity, {
        position: this.#position.toArray(),
        rotation: this.#rotation.toArray() as [number, number, number, number],
        scale: before.scale + (after.scale - before.scale) * share,
      });
    }
  }
}
