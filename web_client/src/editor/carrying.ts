/** Moving the chosen thing: by its handles, by drawing it over the picture, by keys and by numbers. All of it is one hold after another. */
import { Quaternion, Vector2, type Vector3 } from "three";
import type { Transform } from "../net/protocol.gen";
import type { Thing, Vector } from "../world/placed/thing";
import type { Bench } from "./bench";
import type { HandleKind, Step } from "./contract";
import { ANGLE, clampScale, GRID_M, snapped, turned, yawOf } from "./snap";
import { stepped } from "./steps";

/** Steps by key that follow one another within this time are one move. */
const SETTLE_S = 0.6;
const RADIANS_PER_PIXEL = Math.PI / 200;
const PIXELS_PER_DOUBLING = 140;

/** A drag on the screen: the thing as it was taken, and the point of it that is drawn along. */
interface Taken {
  kind: HandleKind;
  transform: Transform;
  /** CSS pixels. */
  foot: Vector2;
}

export class Carrying {
  readonly #bench: Bench;
  #taken: Taken | null = null;
  /** Normalised device coordinates of the first touch, until the drag begins. */
  #press: Vector2 | null = null;
  readonly #offset = new Vector2();
  readonly #at = new Vector2();
  #settle_s = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Takes a thing in the hand; false when it may not be, which is told. */
  grab(thing: Thing): boolean {
    const { mayChange, label } = this.#bench.line(thing);
    const holder = this.#bench.holder(thing);
    if (!mayChange) this.#bench.say("arrange.not_yours", { name: label }, true);
    else if (holder !== null) this.#bench.say("arrange.held", { name: holder }, true);
    else return this.#bench.holds.take(thing.id);
    return false;
  }

  carry(transform: Transform): void {
    this.#bench.holds.move(this.#bench.bounded(transform));
    this.#bench.stale = true;
  }

  step(thing: Thing, step: Step): void {
    if (!this.grab(thing)) return;
    const { holds, world, free } = this.#bench;
    this.carry(stepped(holds.transform!, step, thing.hangs, world.walker.heading, free));
    this.#settle_s = SETTLE_S;
  }

  set(thing: Thing, { position, degrees, scale }: { position?: Vector; degrees?: number; scale?: number }): void {
    if (!this.grab(thing)) return;
    const { holds } = this.#bench;
    const from = holds.transform!;
    this.carry({
      position: position ?? from.position,
      rotation: degrees === undefined ? from.rotation! : turned((degrees * Math.PI) / 180),
      scale: scale ?? from.scale ?? 1,
    });
    void holds.putDown();
  }

  begin(thing: Thing, kind: HandleKind): void {
    if (!this.grab(thing)) return;
    this.#taken = { kind, transform: thing.transform(), foot: this.#bench.view.foot(thing) };
  }

  drag(thing: Thing, dx: number, dy: number): void {
    const to = this.#taken && this.#handled(thing, this.#taken, dx, dy);
    if (to) this.carry(to);
  }

  end(): void {
    if (!this.#taken) return;
    this.#taken = null;
    void this.#bench.holds.putDown();
  }

  #handled(thing: Thing, { kind, transform, foot }: Taken, dx: number, dy: number): Transform | null {
    const { free, view } = this.#bench;
    const [x, y, z] = transform.position;
    const scale = transform.scale ?? 1;
    switch (kind) {
      case "move": {
        const { origin, direction } = view.ray(view.device(foot.x + dx, foot.y + dy));
        return this.along(thing, origin, direction, transform);
      }
      case "lift":
        return { ...transform, position: [x, snapped(y - dy * view.metresAPixel(thing), GRID_M, free), z] };
      case "turn":
        return { ...transform, rotation: turned(snapped(yawIn(transform) + dx * RADIANS_PER_PIXEL, ANGLE, free)) };
      case "scale":
        return {
          ...transform,
          scale: snapped(clampScale(scale * 2 ** ((dx - dy) / PIXELS_PER_DOUBLING)), GRID_M, free),
        };
    }
  }

  /** Onto what a ray meets, turned and as large as in `from`. */
  along(thing: Thing, origin: Vector3, direction: Vector3, from: Transform): Transform | null {
    return this.#bench.along(thing, origin, direction, from.scale ?? 1, yawIn(from));
  }

  /** A press on the thing itself; it is taken when the pointer moves. */
  press(at: Vector2): void {
    this.#press = at.clone();
  }

  /** The place where it was pressed stays under the pointer. */
  draw(thing: Thing, at: Vector2): void {
    if (this.#press) {
      if (!this.grab(thing)) return this.drop();
      const foot = this.#bench.view.foot(thing);
      this.#offset.copy(this.#bench.view.device(foot.x, foot.y)).sub(this.#press);
      this.#press = null;
      this.#taken = { kind: "move", transform: thing.transform(), foot };
    }
    if (!this.#taken) return;
    const { origin, direction } = this.#bench.view.ray(this.#at.copy(at).add(this.#offset));
    const to = this.along(thing, origin, direction, this.#taken.transform);
    if (to) this.carry(to);
  }

  drop(): void {
    this.#press = null;
    this.end();
  }

  update(dt: number): void {
    const { holds } = this.#bench;
    holds.update(performance.now());
    if (this.#settle_s > 0 && (this.#settle_s -= dt) <= 0 && !this.#taken) void holds.putDown();
  }
}

function yawIn({ rotation }: Transform): number {
  return rotation ? yawOf(quaternion.fromArray(rotation)) : 0;
}

const quaternion = new Quaternion();
