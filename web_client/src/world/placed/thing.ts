/** A placed entity as the world shows it: what it is, how large it is, and where it is seen now. */
import { Matrix4, Quaternion, Vector3 } from "three";
import type { Entity, Placement, Transform } from "../../net/protocol.gen";
import { Light } from "./lighting";

export type Vector = [number, number, number];
export type ThingKind = "model" | "image" | "page" | "panorama" | "audio" | "plaque";

/** Box of a thing about its transform, unscaled: its size and where its middle is. */
export interface Extent {
  readonly size: Vector3;
  readonly middle: Vector3;
  /** Made for walls: its front is +Z and its back is at the wall. */
  readonly hangs: boolean;
}

/** Thickness of a hung picture with its frame. */
export const FRAME_DEPTH_M = 0.04;
/** Width of the frame round a picture. */
export const FRAME_EDGE_M = 0.035;
/** Until a model's file says how large it is. */
const UNKNOWN_M = 0.5;
const PLAQUE_M = [0.42, 0.13, 0.02] as const;
const AUDIO_M = [0.34, 0.34, 0.08] as const;

export class Thing {
  readonly id: string;
  entity: Entity;
  owner: string;
  kind: ThingKind;
  /** Where it is seen now; while it glides or is dragged this is not where the server has it. */
  readonly position = new Vector3();
  readonly rotation = new Quaternion();
  scale = 1;
  readonly size = new Vector3();
  readonly middle = new Vector3();
  /** Belongs on a wall rather than on a floor. */
  hangs = false;
  /** Participant who holds it now. */
  holder: string | null = null;
  readonly light = new Light();
  readonly lit_at = new Vector3(Infinity, 0, 0);

  constructor({ entity, owner }: Placement) {
    this.id = entity.id;
    this.entity = entity;
    this.owner = owner;
    this.kind = kindOf(entity);
    this.#measure();
    this.moveTo(entity.transform);
  }

  /** The server's new word on it. What is shown stays where it is: see `Things`. */
  become({ entity, owner }: Placement): void {
    const remade = modelUrl(entity) !== modelUrl(this.entity) || kindOf(entity) !== this.kind;
    this.entity = entity;
    this.owner = owner;
    this.kind = kindOf(entity);
    if (remade || entity.media) this.#measure();
  }

  moveTo({ position, rotation, scale }: Transform): void {
    this.position.fromArray(position);
    if (rotation) this.rotation.fromArray(rotation);
    else this.rotation.identity();
    this.scale = scale ?? 1;
  }

  transform(): Transform {
    return {
      position: this.position.toArray(),
      rotation: this.rotation.toArray() as [number, number, number, number],
      scale: this.scale,
    };
  }

  /** What a library or a loaded file knows of a model's size. */
  extend({ size, middle, hangs }: Extent): void {
    this.size.copy(size);
    this.middle.copy(middle);
    this.hangs = hangs;
  }

  #measure(): void {
    const { media } = this.entity;
    this.middle.set(0, 0, 0);
    this.hangs = this.kind !== "model" && this.kind !== "panorama";
    if (this.kind === "model") {
      this.size.setScalar(UNKNOWN_M);
      this.middle.y = UNKNOWN_M / 2;
    } else if (this.kind === "panorama") this.size.setScalar(media!.size[0]);
    else if (this.kind === "audio") this.size.fromArray(AUDIO_M);
    else if (this.kind === "plaque") this.size.fromArray(PLAQUE_M);
    else this.size.set(media!.size[0] + 2 * FRAME_EDGE_M, media!.size[1] + 2 * FRAME_EDGE_M, FRAME_DEPTH_M);
  }

  /** The matrix that makes its box of a unit cube about the origin. */
  box(out: Matrix4): Matrix4 {
    point.copy(this.middle).multiplyScalar(this.scale).applyQuaternion(this.rotation).add(this.position);
    scale.copy(this.size).multiplyScalar(this.scale);
    return out.compose(point, this.rotation, scale);
  }

  matrix(out: Matrix4): Matrix4 {
    return out.compose(this.position, this.rotation, scale.setScalar(this.scale));
  }

  /** Middle of its box in the room. */
  centre(out: Vector3): Vector3 {
    return out.copy(this.middle).multiplyScalar(this.scale).applyQuaternion(this.rotation).add(this.position);
  }

  get radius_m(): number {
    return 0.5 * this.scale * this.size.length();
  }
}

const point = new Vector3();
const scale = new Vector3();

export function modelUrl(entity: Entity): string | null {
  return entity.model?.url ?? null;
}

export function kindOf({ model, media }: Entity): ThingKind {
  if (model) return "model";
  switch (media?.kind) {
    case "image":
      return "image";
    case "pdf":
    case "epub":
      return "page";
    case "panorama":
      return "panorama";
    case "audio":
      return "audio";
    default:
      return "plaque";
  }
}
