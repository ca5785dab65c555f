/** Soft contact shadows under standing things, as large as their foot, in one draw. */
import {
  DynamicDrawUsage,
  InstancedMesh,
  Matrix4,
  type Object3D,
  PlaneGeometry,
  Quaternion,
  ShaderMaterial,
  Vector3,
} from "three";
import type { Thing } from "./thing";

const VERTEX = /* glsl */ `
varying vec2 vAt;
void main() {
  vAt = position.xz * 2.0;
  gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vAt;
void main() {
  // The foot reaches to two thirds; from there the shadow fades.
  vec2 past = max(vec2(0.0), (abs(vAt) - 0.62) / 0.38);
  float d = max(0.0, 1.0 - length(past));
  gl_FragColor = vec4(0.05, 0.03, 0.02, 0.5 * d * d * (3.0 - 2.0 * d));
}`;

const SPREAD = 1.35;
const LEAST_M = 0.12;
const LIFT_M = 0.008;

export class Blobs {
  readonly #mesh: InstancedMesh<PlaneGeometry, ShaderMaterial>;
  readonly #index = new Map<Thing, number>();
  readonly #capacity: number;

  constructor(root: Object3D, capacity: number) {
    this.#capacity = capacity;
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthWrite: false,
      polygonOffset: true,
      polygonOffsetFactor: -2,
      polygonOffsetUnits: -2,
    });
    this.#mesh = new InstancedMesh(new PlaneGeometry(1, 1).rotateX(-Math.PI / 2), material, capacity);
    this.#mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    this.#mesh.count = 0;
    this.#mesh.frustumCulled = false;
    this.#mesh.renderOrder = 1;
    root.add(this.#mesh);
  }

  /** The first of `things` that there is room for. */
  fill(things: readonly Thing[]): void {
    this.#index.clear();
    const count = Math.min(things.length, this.#capacity);
    for (let i = 0; i < count; i++) {
      this.#index.set(things[i]!, i);
      this.#write(things[i]!, i);
    }
    this.#mesh.count = count;
    this.#mesh.instanceMatrix.needsUpdate = true;
  }

  move(thing: Thing): void {
    const index = this.#index.get(thing);
    if (index === undefined) return;
    this.#write(thing, index);
    this.#mesh.instanceMatrix.needsUpdate = true;
  }

  #write({ position, rotation, size, middle, scale }: Thing, index: number): void {
    place
      .copy(middle)
      .setY(middle.y - size.y / 2)
      .multiplyScalar(scale)
      .applyQuaternion(rotation)
      .add(position);
    place.y += LIFT_M;
    upright.set(0, rotation.y, 0, rotation.w).normalize();
    wide.set(Math.max(LEAST_M, size.x * scale) * SPREAD, 1, Math.max(LEAST_M, size.z * scale) * SPREAD);
    this.#mesh.setMatrixAt(index, matrix.compose(place, upright, wide));
  }

  dispose(): void {
    this.#mesh.removeFromParent();
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
    this.#mesh.dispose();
  }
}

const place = new Vector3();
const upright = new Quaternion();
const wide = new Vector3();
const matrix = new Matrix4();
