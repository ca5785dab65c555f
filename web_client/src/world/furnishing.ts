/** What the scene document says can be acted on: seats, doors, the desk. People are added as they come. */
import { Vector3 } from "three";
import type { Participant } from "../hall/state";
import type { Presence } from "./inhabitants";
import type { Names, SceneDesk, SceneDocument, ScenePortal, SceneSeat } from "./scene_document";
import type { Target, Targets } from "./targets";
import type { Stand } from "./walker";
import type { WorldWords } from "./words";

/** Height of a seat over the feet of who sits on it. */
export const SEAT_METRES = 0.46;
const SEAT_RADIUS = 0.42;
const DOOR_RADIUS = 0.9;
const DESK_RADIUS = 0.7;
const PERSON_RADIUS = 0.42;
/** Somebody sits on a seat when their head is within this distance over it, on the floor plan. */
const TAKEN_METRES = 0.45;

export interface Deeds {
  sit(seat: SceneSeat): void;
  pass(portal: ScenePortal): void;
  approach(desk: SceneDesk): void;
  meet(person: Participant): void;
  /** Where the person is now. */
  readonly feet: Vector3;
  language(): string;
  words(): WorldWords;
}

export class Furnishing {
  readonly #targets: Targets;
  readonly #deeds: Deeds;
  readonly #taken = new Set<string>();
  #seats: readonly SceneSeat[] = [];

  constructor(targets: Targets, deeds: Deeds) {
    this.#targets = targets;
    this.#deeds = deeds;
  }

  furnish({ seats, portals, desks }: SceneDocument): void {
    const deeds = this.#deeds;
    this.#seats = seats;
    this.#taken.clear();
    for (const seat of seats)
      this.#put(
        `seat:${seat.id}`,
        "seat",
        seat.position,
        0.1,
        SEAT_RADIUS,
        () => this.#seatLabel(seat),
        () => deeds.sit(seat),
      );
    for (const portal of portals)
      this.#put(
        `door:${portal.id}`,
        "door",
        portal.position,
        1.1,
        DOOR_RADIUS,
        () => this.#name(portal.name),
        () => deeds.pass(portal),
      );
    for (const desk of desks)
      this.#put(
        `desk:${desk.id}`,
        "button",
        desk.position,
        1.0,
        DESK_RADIUS,
        () => this.#name(desk.name),
        () => deeds.approach(desk),
      );
  }

  #seatLabel(seat: SceneSeat): string {
    const words = this.#deeds.words();
    const name = this.#name(seat.name) || words.seat;
    return this.#taken.has(seat.id) ? words.taken(name) : name;
  }

  /** Looks who sits where; true when a seat was taken or left since the last look, so that its label is another. */
  occupy(all: ReadonlyMap<number, Presence>): boolean {
    let changed = false;
    for (const seat of this.#seats) {
      const taken = isTaken(seat, all);
      if (taken === this.#taken.has(seat.id)) continue;
      if (taken) this.#taken.add(seat.id);
      else this.#taken.delete(seat.id);
      changed = true;
    }
    return changed;
  }

  /** Somebody to walk up to; who is blocked is not there to be pointed at. */
  person(presence: Presence): void {
    if (presence.person.blocked) return this.left(presence.person.participant);
    const { participant } = presence.person;
    this.#targets.put({
      id: `person:${participant}`,
      role: "person",
      label: () => presence.person.name,
      act: () => this.#deeds.meet(presence.person),
      distance: () => (presence.known ? presence.head.distanceTo(this.#deeds.feet) : Infinity),
      at: presence.head,
      radius_metres: PERSON_RADIUS,
    });
  }

  left(participant: string): void {
    this.#targets.remove(`person:${participant}`);
  }

  #put(
    id: string,
    role: Target["role"],
    position: readonly [number, number, number],
    lift: number,
    radius_metres: number,
    label: () => string,
    act: () => void,
  ): void {
    const at = new Vector3(...position);
    at.y += lift;
    const distance = (): number => at.distanceTo(this.#deeds.feet);
    this.#targets.put({ id, role, label, act, distance, at, radius_metres });
  }

  #name(names: Names | null): string {
    return names?.[this.#deeds.language()] ?? names?.["en"] ?? "";
  }
}

/** Where the feet of who sits there are, and where they look. */
export function seatStand({ position: [x, y, z], heading }: SceneSeat): Stand {
  return { position: [x, y - SEAT_METRES, z], heading };
}

/** True when somebody sits there already. */
export function isTaken(seat: SceneSeat, all: ReadonlyMap<number, Presence>): boolean {
  for (const { seated, known, head } of all.values())
    if (seated && known && Math.hypot(head.x - seat.position[0], head.z - seat.position[2]) < TAKEN_METRES) return true;
  return false;
}
