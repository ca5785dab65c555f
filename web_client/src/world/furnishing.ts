/** What the scene document says can be acted on: seats, doors, the desk. People are added as they come. */
import { Vector3 } from "three";
import type { Participant } from "../hall/state";
import type { Presence } from "./inhabitants";
import type { Names, SceneDesk, SceneDocument, ScenePortal, SceneSeat } from "./scene_document";
import type { Target, Targets } from "./targets";

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
  /** The word for a seat that has no name of its own. */
  seatName(): string;
}

export class Furnishing {
  readonly #targets: Targets;
  readonly #deeds: Deeds;

  constructor(targets: Targets, deeds: Deeds) {
    this.#targets = targets;
    this.#deeds = deeds;
  }

  furnish({ seats, portals, desks }: SceneDocument): void {
    const deeds = this.#deeds;
    for (const seat of seats)
      this.#put(
        `seat:${seat.id}`,
        "seat",
        seat.position,
        0.1,
        SEAT_RADIUS,
        () => this.#name(seat.name) || deeds.seatName(),
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

  person(presence: Presence): void {
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

/** True when somebody sits there already. */
export function isTaken(seat: SceneSeat, all: ReadonlyMap<number, Presence>): boolean {
  for (const { seated, known, head } of all.values())
    if (seated && known && Math.hypot(head.x - seat.position[0], head.z - seat.position[2]) < TAKEN_METRES) return true;
  return false;
}
