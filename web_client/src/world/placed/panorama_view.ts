/** Standing inside a panorama: a sphere round the head, until one steps out again. */
import { Mesh, MeshBasicMaterial, type Scene, SphereGeometry, type Texture, type Vector3 } from "three";

const RADIUS_M = 40;

export class PanoramaView {
  readonly #mesh: Mesh<SphereGeometry, MeshBasicMaterial>;

  /** The middle of the picture is where one looks, along `heading`. */
  constructor(scene: Scene, texture: Texture, heading: number) {
    const geometry = new SphereGeometry(RADIUS_M, 64, 40);
    // Seen from inside left and right change places.
    geometry.scale(-1, 1, 1);
    const material = new MeshBasicMaterial({ map: texture, fog: false, depthTest: false, toneMapped: false });
    this.#mesh = new Mesh(geometry, material);
    this.#mesh.rotation.y = heading - Math.PI / 2;
    this.#mesh.renderOrder = 50;
    this.#mesh.frustumCulled = false;
    scene.add(this.#mesh);
  }

  update(head: Vector3): void {
    this.#mesh.position.copy(head);
  }

  dispose(): void {
    this.#mesh.removeFromParent();
    this.#mesh.geometry.dispose();
    this.#mesh.material.map?.dispose();
    this.#mesh.material.dispose();
  }
}
