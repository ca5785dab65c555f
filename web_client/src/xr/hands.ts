/** Arranging with the hands of a headset: one hand takes a thing by its ray and carries it upright; a second one turns and scales it. */
import { Quaternion, Vector3 } from "three";
import type { Editor } from "../editor/editor";
import { ANGLE, GRID_M, snapped, turned, yawOf } from "../editor/snap";
import type { HallState } from "../hall/state";
import type { Transform } from "../net/protocol.gen";
import type { Grip } from "./grip";

/** Nearer to the floor than this a thing is set down on it. */
const FLOOR_M = 0.12;
const REACH_M = 12;

/** What the hands were when the thing was taken, or when a hand joined or left. */
interface Base {
  transform: Transform;
  /** Of the ray to the point where it holds the thing. */
  reach_m: number;
  readonly held: Vector3;
  yaw: number;
  apart_m: number;
}

export class Hands {
  readonly #editor: Editor;
  readonly #state: HallState;
  #first: Grip | null = null;
  #second: Grip | null = null;
  #base: Base | null = null;
  readonly #point = new Vector3();
  readonly #between = new Vector3();
  readonly #offset = new Vector3();

  constructor(editor: Editor, state: HallState) {
    this.#editor = editor;
    this.#state = state;
  }

  get carries(): boolean {
    return this.#first !== null;
  }

  /** True when the press was for arranging. */
  pressed(grip: Grip): boolean {
    const editor = this.#editor;
    if (!this.#state.arrange.on.value) return false;
    if (editor.placing.ghost.source) {
      editor.placing.aim(grip.origin, grip.direction);
      editor.putDownOrTell();
      return true;
    }
    if (this.#first) {
      if (grip === this.#first) return true;
      this.#second = grip;
      this.#rebase();
      return true;
    }
    const thing = editor.under(grip.origin, grip.direction);
    if (!thing || thing.centre(this.#point).distanceTo(grip.origin) > REACH_M) return false;
    editor.choose(thing.id);
    if (!editor.carrying.grab(thing)) return true;
    this.#first = grip;
    this.#rebase();
    return true;
  }

  released(grip: Grip): boolean {
    if (grip !== this.#first && grip !== this.#second) return false;
    if (grip === this.#first) this.#first = this.#second;
    this.#second = null;
    if (this.#first) this.#rebase();
    else {
      this.#base = null;
      void this.#editor.bench.holds.putDown();
    }
    return true;
  }

  /** A hand that went out of sight has let go. */
  update(grips: readonly Grip[]): void {
    for (const grip of [this.#second, this.#first]) if (grip && !grip.tracked) this.released(grip);
    const { ghost } = this.#editor.placing;
    const pointing =
      grips.find(({ tracked, side }) => tracked && side === this.#side) ?? grips.find((one) => one.tracked);
    if (ghost.source && pointing) this.#editor.placing.aim(pointing.origin, pointing.direction);
    if (this.#first && this.#base && this.#editor.bench.holds.id) this.#carry(this.#first, this.#base);
  }

  get #side(): "left" | "right" {
    return this.#state.settings.value.comfort.leftHanded ? "left" : "right";
  }

  #rebase(): void {
    const transform = this.#editor.bench.holds.transform;
    const first = this.#first;
    if (!transform || !first) return;
    const reach_m = this.#point.fromArray(transform.position).distanceTo(first.origin);
    this.#base = { transform, reach_m, held: new Vector3(), yaw: 0, apart_m: 1 };
    this.#base.held.copy(this.#hold(first, reach_m));
    this.#base.yaw = this.#turn(first);
    this.#base.apart_m = this.#apart(first);
  }

  /** Where the hands hold the thing now. */
  #hold(first: Grip, reach_m: number): Vector3 {
    return this.#point.copy(first.origin).addScaledVector(first.direction, reach_m);
  }

  /** How the hands are turned: along the ray of one, or from one to the other. */
  #turn(first: Grip): number {
    if (!this.#second) return Math.atan2(-first.direction.x, -first.direction.z);
    this.#between.subVectors(this.#second.position, first.position);
    return Math.atan2(this.#between.x, this.#between.z);
  }

  #apart(first: Grip): number {
    return this.#second ? Math.max(0.02, this.#second.position.distanceTo(first.position)) : 1;
  }

  #carry(first: Grip, { transform, reach_m, held, yaw, apart_m }: Base): void {
    const { bench, carrying } = this.#editor;
    const thing = bench.holds.id === null ? undefined : bench.things.all.get(bench.holds.id);
    if (!thing) return;
    const free = this.#state.arrange.free.value;
    const grows = this.#apart(first) / apart_m;
    if (thing.hangs && !this.#second) {
      // A picture goes along the walls that the ray meets.
      const to = carrying.along(thing, first.origin, first.direction, transform);
      if (to) return carrying.carry(to);
    }
    const turns = this.#turn(first) - yaw;
    const rotation = new Quaternion(...(transform.rotation ?? [0, 0, 0, 1]));
    this.#offset.fromArray(transform.position).sub(held);
    this.#offset.applyAxisAngle(UP, turns);
    const at = this.#hold(first, reach_m).add(this.#offset);
    at.x = snapped(at.x, GRID_M, free);
    at.z = snapped(at.z, GRID_M, free);
    const foot = (thing.middle.y - thing.size.y / 2) * (transform.scale ?? 1);
    const floor = bench.aim.hall.floor(at.x, at.y + 1, at.z);
    if (floor !== null && at.y + foot < floor + FLOOR_M) at.y = floor - foot;
    carrying.carry({
      position: at.toArray(),
      rotation: turned(snapped(yawOf(rotation) + turns, ANGLE, free)),
      scale: snapped((transform.scale ?? 1) * grows, GRID_M, free),
    });
  }
}

const UP = new Vector3(0, 1, 0);
