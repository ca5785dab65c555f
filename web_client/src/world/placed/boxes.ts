/** Plain boxes in one draw: frames of pictures, what stands for a model that is far, on its way or broken. */
import {
  BoxGeometry,
  Color,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedMesh,
  Matrix4,
  MeshStandardMaterial,
  type Object3D,
} from "three";
import type { Quality } from "../stage";
import { Lights, placedMaterial } from "./lighting";
import type { Thing } from "./thing";

const FEWEST = 64;

/** What a box stands for, and its colour. */
export const TINT = {
  frame: new Color(0x4a3323),
  coming: new Color(0x8f7f68),
  failed: new Color(0x7d6156),
  far: new Color(0x6d5a44),
  audio: new Color(0x2f4a3f),
  plaque: new Color(0xc9b48a),
} as const;
export type Tint = keyof typeof TINT;

export class Boxes {
  readonly #root: Object3D;
  readonly #material;
  readonly #index = new Map<Thing, number>();
  #mesh: InstancedMesh | null = null;
  #lights = new Lights(0);
  #count = 0;

  constructor(root: Object3D, quality: Quality) {
    this.#root = root;
    this.#material = placedMaterial(new MeshStandardMaterial({ roughness: 0.7 }), quality);
  }

  fill(boxes: readonly (readonly [Thing, Tint])[]): void {
    if (!this.#mesh || boxes.length > this.#count) this.#grow(boxes.length);
    const mesh = this.#mesh!;
    this.#index.clear();
    boxes.forEach(([thing, tint], i) => {
      this.#index.set(thing, i);
      mesh.setMatrixAt(i, thing.box(matrix));
      mesh.setColorAt(i, TINT[tint]);
      this.#lights.set(i, thing.light);
    });
    mesh.count = boxes.length;
    mesh.instanceColor!.needsUpdate = true;
    this.#changed();
  }

  move(thing: Thing): void {
    const index = this.#index.get(thing);
    if (index === undefined || !this.#mesh) return;
    this.#mesh.setMatrixAt(index, thing.box(matrix));
    this.#lights.set(index, thing.light);
    this.#changed();
  }

  #changed(): void {
    this.#mesh!.instanceMatrix.needsUpdate = true;
    this.#lights.changed();
  }

  #grow(wanted: number): void {
    this.#clear();
    this.#count = Math.max(FEWEST, 2 ** Math.ceil(Math.log2(Math.max(1, wanted))));
    this.#lights = new Lights(this.#count);
    this.#mesh = new InstancedMesh(new BoxGeometry(1, 1, 1), this.#material, this.#count);
    this.#mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    this.#mesh.instanceColor = new InstancedBufferAttribute(new Float32Array(3 * this.#count), 3);
    // They lie all over the room; one draw of twelve triangles each is cheaper than to ask where.
    this.#mesh.frustumCulled = false;
    this.#lights.attach(this.#mesh);
    this.#root.add(this.#mesh);
  }

  #clear(): void {
    this.#mesh?.removeFromParent();
    this.#mesh?.geometry.dispose();
    this.#mesh?.dispose();
    this.#mesh = null;
  }

  dispose(): void {
    this.#clear();
    this.#material.dispose();
  }
}

const matrix = new Matrix4();
