/** All things that show one model, in as many draws as the model has parts. */
import { DynamicDrawUsage, InstancedMesh, type Material, Matrix4, type Object3D, Sphere, Vector3 } from "three";
import type { Quality } from "../stage";
import { Lights, placedMaterial } from "./lighting";
import type { Model } from "./models";
import type { Thing } from "./thing";

const FEWEST = 4;

export class ModelBatch {
  readonly model: Model;
  readonly #root: Object3D;
  readonly #materials: readonly Material[];
  readonly #index = new Map<Thing, number>();
  readonly #sphere = new Sphere();
  #meshes: InstancedMesh[] = [];
  #lights = new Lights(0);
  #capacity = 0;

  constructor(root: Object3D, model: Model, quality: Quality) {
    this.#root = root;
    this.model = model;
    this.#materials = model.parts.map(({ material }) => placedMaterial(material, quality));
  }

  /** Shows exactly these. */
  fill(things: readonly Thing[]): void {
    if (things.length > this.#capacity) this.#grow(things.length);
    this.#index.clear();
    this.#sphere.makeEmpty();
    things.forEach((thing, i) => {
      this.#index.set(thing, i);
      this.#write(thing, i);
    });
    for (const mesh of this.#meshes) mesh.count = things.length;
    this.#changed();
  }

  move(thing: Thing): void {
    const index = this.#index.get(thing);
    if (index === undefined) return;
    this.#write(thing, index);
    this.#changed();
  }

  #write(thing: Thing, index: number): void {
    thing.matrix(whole);
    this.model.parts.forEach(({ matrix }, i) =>
      this.#meshes[i]!.setMatrixAt(index, part.multiplyMatrices(whole, matrix)),
    );
    this.#lights.set(index, thing.light);
    around.set(thing.centre(middle), thing.radius_m);
    if (this.#sphere.isEmpty()) this.#sphere.copy(around);
    else this.#sphere.union(around);
  }

  #changed(): void {
    for (const mesh of this.#meshes) {
      mesh.instanceMatrix.needsUpdate = true;
      mesh.boundingSphere = this.#sphere;
    }
    this.#lights.changed();
  }

  #grow(wanted: number): void {
    this.#clear();
    this.#capacity = Math.max(FEWEST, 2 ** Math.ceil(Math.log2(wanted)));
    this.#lights = new Lights(this.#capacity);
    this.#meshes = this.model.parts.map(({ geometry }, i) => {
      // Instances have attributes of their own, so the geometry's others are shared, not copied.
      const own = geometry.clone();
      for (const [name, value] of Object.entries(geometry.attributes)) own.setAttribute(name, value);
      own.setIndex(geometry.index);
      const mesh = new InstancedMesh(own, this.#materials[i]!, this.#capacity);
      mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      this.#lights.attach(mesh);
      this.#root.add(mesh);
      return mesh;
    });
  }

  #clear(): void {
    for (const mesh of this.#meshes) {
      mesh.removeFromParent();
      mesh.dispose();
      mesh.geometry.dispose();
    }
    this.#meshes = [];
  }

  dispose(): void {
    this.#clear();
    for (const material of this.#materials) material.dispose();
  }
}

const whole = new Matrix4();
const part = new Matrix4();
const middle = new Vector3();
const around = new Sphere();
