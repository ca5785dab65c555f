/** Putting something new into the room: taken from a list, shown as it would stand, put down. */
import { Vector3 } from "three";
import type { Transform } from "../net/protocol.gen";
import type { Bench } from "./bench";
import type { Source, Step } from "./contract";
import { freshId, Ghost, GHOST } from "./ghost";
import { ANGLE, placeOn, snapped, type Surface } from "./snap";
import { stepped } from "./steps";
import { FRAME_DEPTH_M, FRAME_EDGE_M } from "../world/placed/thing";

/** Without a pointer a new thing stands so far ahead, or at the wall that one looks at, when it is nearer than `WALL_M`. */
const BEFORE_M = 3;
const WALL_M = 8;

export class Placing {
  readonly ghost: Ghost;
  readonly #bench: Bench;
  readonly #forward = new Vector3();

  constructor(bench: Bench) {
    this.#bench = bench;
    this.ghost = new Ghost(bench.things);
  }

  begin(source: Source): void {
    this.ghost.show(source);
    this.#bench.state.arrange.placing.value = source.label;
    this.#beforeMe();
    this.#bench.say("arrange.placing", { name: source.label });
  }

  end(): void {
    this.ghost.hide();
    this.#bench.state.arrange.placing.value = null;
  }

  #looks(): Vector3 {
    return this.#forward.set(0, 0, -1).applyQuaternion(this.#bench.world.pose.rotation);
  }

  #beforeMe(): void {
    const { pose, walker } = this.#bench.world;
    const wall = this.#bench.aim.surface(pose.head, this.#looks(), GHOST);
    if (wall && wall.point.distanceTo(pose.head) < WALL_M && this.#put(wall)) return;
    const { x, y, z } = walker.feet;
    const ahead = new Vector3(x - Math.sin(walker.heading) * BEFORE_M, y, z - Math.cos(walker.heading) * BEFORE_M);
    this.#put({ point: ahead, normal: new Vector3(0, 1, 0) });
  }

  /** Puts the ghost where a ray meets something. False when it meets nothing that the thing can stand on. */
  aim(origin: Vector3, direction: Vector3): boolean {
    const surface = this.#bench.aim.surface(origin, direction, GHOST);
    return surface ? this.#put(surface) : false;
  }

  #put(surface: Surface): boolean {
    const { thing, scale, turn } = this.ghost;
    if (!thing) return false;
    const { free, world } = this.#bench;
    const transform = this.#bench.on(thing, scale, surface, snapped(world.walker.heading, ANGLE, free) + turn);
    if (transform) this.ghost.at(transform);
    return transform !== null;
  }

  step(step: Step): void {
    const { ghost } = this;
    if (step.do === "turn") ghost.turn += step.sign * ANGLE;
    const { thing, transform } = ghost;
    if (!thing || !transform) return;
    const { world, free } = this.#bench;
    const to = this.#bench.bounded(stepped(transform, step, thing.hangs, world.walker.heading, free));
    ghost.scale = to.scale ?? 1;
    ghost.at(to);
  }

  /** Answers the new thing's id; null when there is nothing to put down, or nowhere. Rejects with a Trouble. */
  async putDown(): Promise<string | null> {
    const { source, transform } = this.ghost;
    if (!source) return null;
    if (!transform) {
      this.#bench.say("arrange.nowhere", {}, true);
      return null;
    }
    // Pressed twice it is still one thing.
    this.#bench.state.arrange.placing.value = null;
    try {
      return await this.spawn(source, transform);
    } finally {
      if (this.ghost.source === source) this.ghost.hide();
    }
  }

  async spawn(source: Source, transform: Transform): Promise<string> {
    const id = freshId();
    await this.#bench.ask({ type: "spawn", entity: { id, ...source.entity, transform } });
    this.#bench.say("arrange.placed", { name: source.label });
    return id;
  }

  /** Where a picture of this size hangs that was dropped at a point of the screen (CSS pixels), or that one looks at. */
  hung([width, height]: [number, number], x?: number, y?: number): Transform | null {
    const { world, view, aim, free } = this.#bench;
    const ray =
      x === undefined || y === undefined
        ? { origin: world.pose.head, direction: this.#looks() }
        : view.ray(view.device(x, y));
    const surface = aim.surface(ray.origin, ray.direction, GHOST);
    if (!surface) return null;
    const size = new Vector3(width + 2 * FRAME_EDGE_M, height + 2 * FRAME_EDGE_M, FRAME_DEPTH_M);
    const piece = { floats: false, hangs: true, size, middle: new Vector3(), scale: 1 };
    const transform = placeOn(piece, surface, world.walker.heading, world.walker.feet.y, free);
    return transform && this.#bench.bounded(transform);
  }
}
