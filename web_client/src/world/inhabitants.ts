/** The other people in the room: rows of the snapshot become bodies. */
import { Quaternion, Vector3 } from "three";
import { SNAPSHOT } from "../net/crowd_buffer";
import { POSE } from "../net/pose";
import { FLAG, RECORD, type Reacted } from "../net/protocol.gen";
import type { Participant } from "../hall/state";
import type { Ground } from "./collider";

/** The floor under somebody is looked for again when they have gone so far. */
const FLOOR_EVERY_METRES = 0.25;

/** Where somebody is now. Read by whoever asks; overwritten at every update. */
export interface Presence {
  person: Participant;
  readonly head: Vector3;
  readonly rotation: Quaternion;
  hasHands: boolean;
  readonly left: Vector3;
  readonly right: Vector3;
  seated: boolean;
  away: boolean;
  /** In the first tier: full poses at every frame. */
  fullRate: boolean;
  /** A pose has come. */
  known: boolean;
  /** Height of the floor under them, and where it was measured. */
  ground_m: number;
  readonly measured: Vector3;
}

export interface Bodies {
  /** How many people are seen in bodies of their own now. */
  readonly ownShown: number;
  add(presence: Presence): void;
  change(presence: Presence, before: Participant): void;
  remove(presence: Presence): void;
  /** The newest pose: numbers laid out as `POSE` from index `at`. */
  pose(presence: Presence, rows: Float32Array, at: number, flags: number): void;
  react(presence: Presence, reaction: Reacted["reaction"]): void;
  update(dt: number, eye: Vector3): void;
  dispose(): void;
}

export class Inhabitants {
  readonly #by_slot = new Map<number, Presence>();
  readonly #bodies: Bodies;

  get ownShown(): number {
    return this.#bodies.ownShown;
  }

  constructor(bodies: Bodies) {
    this.#bodies = bodies;
  }

  get all(): ReadonlyMap<number, Presence> {
    return this.#by_slot;
  }

  came(person: Participant): void {
    if (person.self) return;
    this.went(person);
    const presence: Presence = {
      person,
      head: new Vector3(),
      rotation: new Quaternion(),
      hasHands: false,
      left: new Vector3(),
      right: new Vector3(),
      seated: false,
      away: person.away === true,
      fullRate: false,
      known: false,
      ground_m: 0,
      measured: new Vector3(Infinity, 0, 0),
    };
    this.#by_slot.set(person.slot, presence);
    if (!person.blocked) this.#bodies.add(presence);
  }

  changed(person: Participant): void {
    const before = this.#by_slot.get(person.slot);
    if (!before || before.person.blocked !== person.blocked) return this.came(person);
    const was = before.person;
    const presence = Object.assign(before, { person, away: person.away === true });
    if (!person.blocked) this.#bodies.change(presence, was);
  }

  went(person: Participant): void {
    const presence = this.#by_slot.get(person.slot);
    if (!presence) return;
    this.#by_slot.delete(person.slot);
    if (!presence.person.blocked) this.#bodies.remove(presence);
  }

  reacted(slot: number, reaction: Reacted["reaction"]): void {
    const presence = this.#by_slot.get(slot);
    if (presence && !presence.person.blocked) this.#bodies.react(presence, reaction);
  }

  /** `rows` as in the snapshot. */
  update(dt: number, eye: Vector3, ground: Ground, rows: Float32Array, count: number): void {
    const { row } = SNAPSHOT;
    for (let i = 0, at = 0; i < count; i++, at += row.size) {
      const presence = this.#by_slot.get(rows[at + row.slot]!);
      if (!presence) continue;
      const pose = at + row.pose;
      const flags = rows[at + row.flags]!;
      const kind = rows[at + row.kind]!;
      presence.head.fromArray(rows, pose + POSE.head);
      presence.rotation.fromArray(rows, pose + POSE.rotation);
      presence.hasHands = (kind === RECORD.headset.kind || kind === RECORD.fingers.kind) && (flags & FLAG.hands) !== 0;
      if (presence.hasHands) {
        presence.left.fromArray(rows, pose + POSE.left);
        presence.right.fromArray(rows, pose + POSE.right);
      }
      presence.seated = (flags & FLAG.seated) !== 0;
      presence.away = presence.person.away === true || (flags & FLAG.away) !== 0;
      presence.fullRate = kind !== RECORD.head.kind && kind !== RECORD.crumb.kind;
      presence.known = true;
      if (presence.measured.distanceTo(presence.head) > FLOOR_EVERY_METRES) {
        presence.measured.copy(presence.head);
        presence.ground_m = ground.floor(presence.head.x, presence.head.y, presence.head.z) ?? 0;
      }
      if (!presence.person.blocked) this.#bodies.pose(presence, rows, pose, flags);
    }
    this.#bodies.update(dt, eye);
  }

  dispose(): void {
    this.#bodies.dispose();
    this.#by_slot.clear();
  }
}
