/** Darkens the edge of sight while the world moves round a standing person. */
import { Mesh, type PerspectiveCamera, RingGeometry, ShaderMaterial } from "three";

const FADE_PER_S = 6;
const DISTANCE_METRES = 0.3;

export class Vignette {
  readonly #ring: Mesh<RingGeometry, ShaderMaterial>;
  readonly #strength = { value: 0 };

  constructor(camera: PerspectiveCamera) {
    const material = new ShaderMaterial({
      uniforms: { strength: this.#strength },
      vertexShader: `varying float far; void main() {
        far = length(position.xy);
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.);
      }`,
      fragmentShader: `varying float far; uniform float strength; void main() {
        gl_FragColor = vec4(0.03, 0.022, 0.016, smoothstep(0.15, 0.31, far) * strength);
      }`,
      transparent: true,
      depthTest: false,
      depthWrite: false,
    });
    this.#ring = new Mesh(new RingGeometry(0.1, 1.2, 48, 3), material);
    this.#ring.position.z = -DISTANCE_METRES;
    this.#ring.renderOrder = 100;
    this.#ring.frustumCulled = false;
    camera.add(this.#ring);
  }

  update(dt: number, moving: boolean): void {
    const goal = moving ? 1 : 0;
    this.#strength.value += (goal - this.#strength.value) * Math.min(1, FADE_PER_S * dt);
    this.#ring.visible = this.#strength.value > 0.02;
  }

  dispose(): void {
    this.#ring.removeFromParent();
    this.#ring.geometry.dispose();
    this.#ring.material.dispose();
  }
}
