/** The other people in the room: rows of the snapshot become bodies. */
import {
  CapsuleGeometry,
  DynamicDrawUsage,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  Quaternion,
  type Scene,
  SphereGeometry,
  Vector3,
} from "three";
import { SNAPSHOT } from "../net/crowd_buffer";
import { POSE } from "../net/pose";
import { RECORD } from "../net/protocol.gen";
import type { Reacted } from "../net/protocol.gen";
import type { Participant } from "../hall/state";
import { FLAG } from "../net/protocol.gen";

const MOST = 1200;

/** Where somebody is now. Read by whoever asks; overwritten at every update. */
export interface Presence {
  readonly person: Participant;
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
}

export interface Bodies {
  add(presence: Presence): void;
  change(presence: Presence): void;
  remove(presence: Presence): void;
  react(presence: Presence, reaction: Reacted["reaction"]): void;
  update(dt: number, eye: Vector3, all: ReadonlyMap<number, Presence>): void;
  dispose(): void;
}

export class Inhabitants {
  readonly #by_slot = new Map<number, Presence>();
  readonly #bodies: Bodies;

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
    };
    this.#by_slot.set(person.slot, presence);
    if (!person.blocked) this.#bodies.add(presence);
  }

  changed(person: Participant): void {
    const before = this.#by_slot.get(person.slot);
    if (!before || before.person.blocked !== person.blocked) return this.came(person);
    const presence = Object.assign(before, { person });
    presence.away = person.away === true;
    if (!person.blocked) this.#bodies.change(presence);
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
  update(dt: number, eye: Vector3, rows: Float32Array, count: number): void {
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
    }
    this.#bodies.update(dt, eye, this.#by_slot);
  }

  dispose(): void {
    this.#bodies.dispose();
    this.#by_slot.clear();
  }
}

/** Bodies of the plainest kind, for pages and machines that cannot draw better: a cloak and a head, two draws for everybody. */
export class PlainBodies implements Bodies {
  readonly #cloaks: InstancedMesh;
  readonly #heads: InstancedMesh;
  readonly #matrix = new Matrix4();
  readonly #none = new Quaternion();
  readonly #scale = new Vector3(1, 1, 1);
  readonly #at = new Vector3();

  constructor(scene: Scene) {
    this.#cloaks = instanced(new CapsuleGeometry(0.21, 0.8, 4, 10), 0x3d5a4a);
    this.#heads = instanced(new SphereGeometry(0.13, 14, 10), 0xc99a76);
    scene.add(this.#cloaks, this.#heads);
  }

  add(): void {}
  change(): void {}
  remove(): void {}
  react(): void {}

  update(_dt: number, _eye: Vector3, all: ReadonlyMap<number, Presence>): void {
    let n = 0;
    for (const { head, rotation, known, person } of all.values()) {
      if (!known || person.blocked || n >= MOST) continue;
      this.#at.copy(head).setY(head.y - 0.86);
      this.#cloaks.setMatrixAt(n, this.#matrix.compose(this.#at, this.#none, this.#scale));
      this.#heads.setMatrixAt(n, this.#matrix.compose(head, rotation, this.#scale));
      n++;
    }
    this.#cloaks.count = this.#heads.count = n;
    this.#cloaks.instanceMatrix.needsUpdate = this.#heads.instanceMatrix.needsUpdate = true;
  }

  dispose(): void {
    for (const mesh of [this.#cloaks, this.#heads]) {
      mesh.removeFromParent();
      mesh.geometry.dispose();
      (mesh.material as MeshBasicMaterial).dispose();
      mesh.dispose();
    }
  }
}

function instanced(geometry: CapsuleGeometry | SphereGeometry, color: number): InstancedMesh {
  const mesh = new InstancedMesh(geometry, new MeshBasicMaterial({ color }), MOST);
  mesh.instanceMatrix.setUsage(DynamicDrawUsage);
  mesh.frustumCulled = false;
  mesh.count = 0;
  return mesh;
}
