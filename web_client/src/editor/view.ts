/** Between the room and the screen: rays through a point of the picture, and where a thing is in it. */
import { Raycaster, Vector2, Vector3 } from "three";
import type { Stage } from "../world/stage";
import type { Thing } from "../world/placed/thing";
import type { OnScreen } from "./contract";

export class View {
  readonly #stage: Stage;
  readonly #raycaster = new Raycaster();
  readonly #middle = new Vector3();
  readonly #at = new Vector2();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** `at` in normalised device coordinates; the answer is overwritten by the next call. */
  ray(at: Vector2): { origin: Vector3; direction: Vector3 } {
    this.#raycaster.setFromCamera(at, this.#stage.camera);
    return this.#raycaster.ray;
  }

  get size(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.#stage.canvas;
    return { width: clientWidth || 1, height: clientHeight || 1 };
  }

  /** CSS pixels of the canvas to normalised device coordinates. */
  device(x: number, y: number): Vector2 {
    const { width, height } = this.size;
    return this.#at.set((x / width) * 2 - 1, 1 - (y / height) * 2);
  }

  place(thing: Thing): OnScreen | null {
    const { camera } = this.#stage;
    thing.centre(this.#middle);
    const metres = this.metresAway(thing);
    this.#middle.project(camera);
    if (this.#middle.z > 1) return null;
    const { width, height } = this.size;
    return {
      x: ((this.#middle.x + 1) / 2) * width,
      y: ((1 - this.#middle.y) / 2) * height,
      radius_px: (thing.radius_m / Math.max(1e-3, metres * this.#slope)) * (height / 2),
    };
  }

  /** Where it meets what it stands on or hangs on, in CSS pixels: the point that a drag draws along. */
  foot(thing: Thing): Vector2 {
    thing.centre(this.#middle);
    if (!thing.hangs) this.#middle.y -= (thing.size.y * thing.scale) / 2;
    this.#middle.project(this.#stage.camera);
    const { width, height } = this.size;
    return new Vector2(((this.#middle.x + 1) / 2) * width, ((1 - this.#middle.y) / 2) * height);
  }

  metresAway(thing: Thing): number {
    const { camera } = this.#stage;
    return Math.max(0.1, thing.position.distanceTo(camera.getWorldPosition(this.#eye)));
  }

  readonly #eye = new Vector3();

  get #slope(): number {
    return Math.tan((this.#stage.camera.fov * Math.PI) / 360);
  }

  /** Metres at the thing's distance for one CSS pixel. */
  metresAPixel(thing: Thing): number {
    return (2 * this.metresAway(thing) * this.#slope) / this.size.height;
  }
}
