/** Soft contact shadows under everybody, one instanced draw. */
import {
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
} from "three";

const VERTEX = /* glsl */ `
attribute vec4 place;
varying vec2 vAt;
void main() {
  vAt = position.xz * 2.0;
  gl_Position = projectionMatrix * viewMatrix * vec4(place.xyz + position * vec3(place.w, 1.0, place.w), 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vAt;
void main() {
  float d = 1.0 - min(1.0, length(vAt));
  gl_FragColor = vec4(0.05, 0.03, 0.02, 0.62 * d * d * (3.0 - 2.0 * d));
}`;

const SIZE_M = 0.95;
const LIFT_M = 0.012;

export class ContactShadows {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  readonly #place: InstancedBufferAttribute;
  #count = 0;

  constructor(capacity: number) {
    const quad = new PlaneGeometry(1, 1).rotateX(-Math.PI / 2);
    const geometry = new InstancedBufferGeometry();
    geometry.index = quad.index;
    geometry.setAttribute("position", quad.getAttribute("position"));
    this.#place = new InstancedBufferAttribute(new Float32Array(capacity * 4), 4).setUsage(DynamicDrawUsage);
    geometry.setAttribute("place", this.#place);
    geometry.instanceCount = 0;
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthWrite: false,
      polygonOffset: true,
      polygonOffsetFactor: -2,
      polygonOffsetUnits: -2,
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 1;
  }

  get triangles(): number {
    return this.#count * 2;
  }

  begin(): void {
    this.#count = 0;
  }

  put(x: number, y: number, z: number, wide: boolean): void {
    if (this.#count >= this.#place.count) return;
    this.#place.setXYZW(this.#count++, x, y + LIFT_M, z, SIZE_M * (wide ? 1.35 : 1));
  }

  end(): void {
    this.mesh.geometry.instanceCount = this.#count;
    this.#place.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
