/** Edges round things: what is chosen or being placed, what is pointed at, what others move. */
import { BoxGeometry, EdgesGeometry, Group, LineBasicMaterial, LineSegments, type Scene } from "three";
import type { Thing } from "../world/placed/thing";

export const COLOUR = { chosen: "#e6c98b", ghost: "#a9dcc0", pointed: "#f6efe0" } as const;

export class Outlines {
  readonly #root = new Group();
  readonly #geometry = new EdgesGeometry(new BoxGeometry(1.02, 1.02, 1.02));
  readonly #lines: LineSegments<EdgesGeometry, LineBasicMaterial>[] = [];
  #used = 0;

  constructor(scene: Scene) {
    scene.add(this.#root);
  }

  begin(): void {
    this.#used = 0;
  }

  put(thing: Thing, colour: string): void {
    let line = this.#lines[this.#used];
    if (!line) {
      const material = new LineBasicMaterial({ transparent: true, depthTest: false, fog: false, toneMapped: false });
      line = new LineSegments(this.#geometry, material);
      line.matrixAutoUpdate = false;
      line.frustumCulled = false;
      line.renderOrder = 20;
      this.#lines.push(line);
      this.#root.add(line);
    }
    this.#used++;
    line.visible = true;
    line.material.color.set(colour);
    thing.box(line.matrix);
  }

  end(): void {
    for (let i = this.#used; i < this.#lines.length; i++) this.#lines[i]!.visible = false;
  }

  dispose(): void {
    this.#root.removeFromParent();
    this.#geometry.dispose();
    for (const { material } of this.#lines) material.dispose();
  }
}
