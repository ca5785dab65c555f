/** The arc as one sees it, and the ring where it lands. */
import {
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  Group,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  RingGeometry,
  type Scene,
} from "three";
import { Arc, ARC_POINTS } from "./arc";

const GOOD = 0xe6c98b;
const BAD = 0x8a4a3c;

export class TeleportView {
  readonly arc = new Arc();
  readonly #group = new Group();
  readonly #line: Line<BufferGeometry, LineBasicMaterial>;
  readonly #ring: Mesh<RingGeometry, MeshBasicMaterial>;

  constructor(scene: Scene) {
    const geometry = new BufferGeometry();
    geometry.setAttribute(
      "position",
      new BufferAttribute(this.arc.points, 3).setUsage(DynamicDrawUsage) as BufferAttribute,
    );
    this.#line = new Line(geometry, new LineBasicMaterial({ color: GOOD, fog: false }));
    this.#line.frustumCulled = false;
    this.#ring = new Mesh(
      new RingGeometry(0.26, 0.32, 40).rotateX(-Math.PI / 2),
      new MeshBasicMaterial({ color: GOOD, transparent: true, opacity: 0.9, depthWrite: false, fog: false }),
    );
    this.#group.add(this.#line, this.#ring);
    this.#group.visible = false;
    scene.add(this.#group);
  }

  set visible(visible: boolean) {
    this.#group.visible = visible;
  }

  /** Call after `arc.throw`. */
  update(): void {
    this.#line.geometry.setDrawRange(0, Math.min(ARC_POINTS, this.arc.count));
    this.#line.geometry.getAttribute("position").needsUpdate = true;
    this.#line.material.color.setHex(this.arc.valid ? GOOD : BAD);
    this.#ring.visible = this.arc.valid;
    this.#ring.position.copy(this.arc.landing);
    this.#ring.position.y += 0.02;
  }

  dispose(): void {
    this.#group.removeFromParent();
    this.#line.geometry.dispose();
    this.#line.material.dispose();
    this.#ring.geometry.dispose();
    this.#ring.material.dispose();
  }
}
