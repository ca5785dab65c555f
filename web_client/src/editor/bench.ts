/** What all parts of arranging share: the room and one's rights in it, where things can stand, requests, and words back to the person. */
import { Vector3 } from "three";
import type { HallState, Trouble } from "../hall/state";
import type { Applied, Entity, Space, Transform } from "../net/protocol.gen";
import { isRefusal, refusal } from "../net/requests";
import type { RoomChannel } from "../net/room_channel";
import type { Thing, Vector } from "../world/placed/thing";
import type { Things } from "../world/placed/things";
import type { World } from "../world/world";
import { Aim } from "./aim";
import type { ThingLine, Told } from "./contract";
import { Holds } from "./hold";
import { clampScale, placeOn, type Surface } from "./snap";
import { View } from "./view";

/** After an answer its event is nearly here; a line that breaks must not keep anybody waiting. */
const EVENT_MS = 2000;

type Asked =
  | { type: "spawn"; entity: Entity }
  | { type: "undo" | "redo" }
  | { type: "remove"; entity: string }
  | { type: "patch"; entity: string; set?: { caption: { text: string; language: string } }; unset?: string[] };

export class Bench {
  readonly world: World;
  readonly state: HallState;
  readonly aim: Aim;
  readonly view: View;
  readonly holds: Holds;
  room = "";
  arrangement_url = "";
  /** What is here is not what was told last. */
  stale = true;
  readonly #channel: RoomChannel;
  #owner = "";
  #low: Vector = [-60, -10, -60];
  #high: Vector = [60, 60, 60];
  #told = 0;

  constructor(world: World, state: HallState, channel: RoomChannel) {
    this.world = world;
    this.state = state;
    this.#channel = channel;
    this.aim = new Aim(world.things.things, () => world.walker.ground);
    this.view = new View(world.stage);
    this.holds = new Holds(world.things, {
      request: (request) => channel.request(request),
      drag: (place) => channel.drag(place),
      refused: (error) => this.refused(error),
    });
    world.things.changed = () => (this.stale = true);
  }

  enter({ room, owner, arrangement_url, bounds_min, bounds_max }: Space): void {
    this.room = room;
    this.#owner = owner;
    this.arrangement_url = arrangement_url;
    this.#low = bounds_min;
    this.#high = bounds_max;
  }

  get things(): Things {
    return this.world.things.things;
  }

  /** Without the grid. */
  get free(): boolean {
    return this.state.arrange.free.value;
  }

  line(thing: Thing): ThingLine {
    const mine = thing.owner === this.#owner;
    const { change } = this.state.arrange.rights.value;
    return {
      id: thing.id,
      label: this.world.things.name(thing),
      kind: thing.kind,
      distance_m: thing.position.distanceTo(this.world.walker.feet),
      mine,
      mayChange: !this.world.things.isPast && (change === "any" || (change === "own" && mine)),
    };
  }

  /** Name of whoever else has it in the hand, or null. */
  holder({ holder }: Thing): string | null {
    return holder && holder !== this.world.things.drags.own ? this.person(holder) : null;
  }

  person(participant: string): string {
    return this.state.people.value.find((person) => person.participant === participant)?.name ?? "";
  }

  /** Where a thing stands or hangs on a surface, turned by `yaw` on a floor; null where it cannot. */
  on({ kind, hangs, size, middle }: Thing, scale: number, surface: Surface, yaw: number): Transform | null {
    const { point, normal } = surface;
    const depth = size.z * scale + 0.1;
    const floor = this.aim.hall.floor(point.x + normal.x * depth, point.y + 0.1, point.z + normal.z * depth);
    const piece = { floats: kind === "panorama", hangs, size, middle, scale };
    const transform = placeOn(piece, surface, yaw, floor, this.free);
    return transform && this.bounded(transform);
  }

  /** Where a thing goes that is drawn along a ray: onto what the ray meets, turned as it was. */
  along(thing: Thing, origin: Vector3, direction: Vector3, scale: number, yaw: number): Transform | null {
    const surface = this.aim.surface(origin, direction, thing.id);
    return surface && this.on(thing, scale, surface, yaw);
  }

  bounded(transform: Transform): Transform {
    const position = transform.position.map((metres, i) =>
      Math.min(this.#high[i]!, Math.max(this.#low[i]!, metres)),
    ) as Vector;
    return { ...transform, position, scale: clampScale(transform.scale ?? 1) };
  }

  /** Ends when the change is durable and shown here; rejects with a Trouble. */
  async ask(request: Asked): Promise<void> {
    await this.holds.putDown();
    const answer = (await this.#channel.request(request).catch(inTrouble)) as Applied;
    await Promise.race([
      this.world.things.arrangement.reached(answer.op_sequence),
      new Promise((done) => setTimeout(done, EVENT_MS)),
    ]);
    this.stale = true;
  }

  say(key: string, params: Record<string, string | number> = {}, loud = false): void {
    this.state.arrange.told.value = { number: ++this.#told, key, params, loud } satisfies Told;
  }

  refused(error: unknown): void {
    this.state.arrange.told.value = { number: ++this.#told, trouble: troubleOf(error) };
  }
}

export function troubleOf(error: unknown): Trouble {
  const { code, detail, retryAfterMs } = isRefusal(error) ? error : refusal("internal", String(error));
  return { code, detail, retryAfterMs };
}

export function inTrouble(error: unknown): never {
  throw troubleOf(error);
}
