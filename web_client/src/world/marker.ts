/** Small signs in the world: the ring where a click leads, and the ring round what is pointed at. Thin brass, nothing more. */
import { AdditiveBlending, Group, Mesh, MeshBasicMaterial, RingGeometry, type Scene, Vector3 } from "three";

const BRASS = 0xe6c98b;
const PULSES_PER_S = 0.9;

export class Markers {
  readonly #goal: Mesh<RingGeometry, MeshBasicMaterial>;
  readonly #focus: Mesh<RingGeometry, MeshBasicMaterial>;
  readonly #group = new Group();
  reducedMotion = false;
  #time_s = 0;

  constructor(scene: Scene) {
    const floor = new RingGeometry(0.2, 0.235, 40).rotateX(-Math.PI / 2);
    const halo = new RingGeometry(0.96, 1, 48);
    this.#goal = ring(floor, 0.85);
    this.#focus = ring(halo, 0.55);
    this.#group.add(this.#goal, this.#focus);
    scene.add(this.#group);
  }

  goal(point: Vector3 | null): void {
    this.#goal.visible = point !== null;
    if (point) this.#goal.position.copy(point).setY(point.y + 0.02);
  }

  focus(at: Vector3 | null, radius_metres: number): void {
    this.#focus.visible = at !== null;
    if (!at) return;
    this.#focus.position.copy(at);
    this.#focus.scale.setScalar(radius_metres);
  }

  update(dt: number, eye: Vector3): void {
    this.#time_s += dt;
    const pulse = this.reducedMotion ? 0 : Math.sin(this.#time_s * 2 * Math.PI * PULSES_PER_S);
    this.#goal.scale.setScalar(1 + 0.1 * pulse);
    if (this.#focus.visible) this.#focus.lookAt(eye);
  }

  dispose(): void {
    this.#group.removeFromParent();
    for (const part of [this.#goal, this.#focus]) {
      part.geometry.dispose();
      part.material.dispose();
    }
  }
}

function ring(geometry: RingGeometry, opacity: number): Mesh<RingGeometry, MeshBasicMaterial> {
  const material = new MeshBasicMaterial({
    color: BRASS,
    transparent: true,
    opacity,
    depthWrite: false,
    blending: AdditiveBlending,
    fog: false,
  });
  const mesh = new Mesh(geometry, material);
  mesh.visible = false;
  mesh.renderOrder = 5;
  return mesh;
}
