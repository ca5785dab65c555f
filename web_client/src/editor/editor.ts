/** Arranging the room: what is chosen, what is being placed, what is in the hand. Every door to it (panel, handles, keys, hands) calls the same deeds. */
import type { Vector2, Vector3 } from "three";
import { Cleanup } from "../hall/signal";
import type { HallState } from "../hall/state";
import { sendJson } from "../net/http";
import type { Entity, PastOperation, SceneHistory, Transform, Welcome } from "../net/protocol.gen";
import type { RoomChannel } from "../net/room_channel";
import type { LibraryItem } from "../world/placed/library";
import type { Thing, Vector } from "../world/placed/thing";
import type { Work } from "../world/placed/works";
import type { Arranging, World } from "../world/world";
import { Bench, inTrouble } from "./bench";
import { Carrying } from "./carrying";
import type { ArrangeActions, Chosen, HandleKind, Source, Step, ThingLine } from "./contract";
import { aside, freshId, GHOST } from "./ghost";
import { Past } from "./past";
import { Placing } from "./placing";
import { Shown } from "./shown";
import { yawOf } from "./snap";
import { Uploads } from "./uploads";

const TELL_S = 0.12;
const COPY_GAP_M = 0.05;
/** Of the list of what is here the first so many are called by the names of their works, wherever they are. */
const NAMED = 60;

export class Editor implements Arranging, ArrangeActions {
  readonly bench: Bench;
  readonly placing: Placing;
  readonly carrying: Carrying;
  readonly #past: Past;
  readonly #shown: Shown;
  readonly #uploads: Uploads;
  readonly #cleanup = new Cleanup();
  #chosen: string | null = null;
  #pointed: Thing | null = null;
  #tell_s = 0;

  constructor(world: World, state: HallState, channel: RoomChannel) {
    this.bench = new Bench(world, state, channel);
    this.placing = new Placing(this.bench);
    this.carrying = new Carrying(this.bench);
    this.#past = new Past(this.bench);
    this.#shown = new Shown(this.bench);
    this.#uploads = new Uploads({
      changed: (all) => (state.arrange.uploads.value = all),
      ready: (source, at) => void this.#bring(source, at),
    });
    this.#cleanup.add(
      state.phase.watch((phase) => {
        if (phase === "closed" || phase === "failed") this.open(false);
      }),
    );
  }

  /** At each welcome: what one may do here. */
  welcomed({ space }: Welcome): void {
    this.bench.enter(space);
    const { rights, placed } = this.bench.state.arrange;
    rights.value = { place: space.may_place, change: space.may_change, restore: space.may_restore };
    placed.value = { count: this.bench.things.all.size, limit: space.entity_limit };
    if (!space.may_place && space.may_change === "none") this.open(false);
  }

  open(on: boolean): void {
    const { state, world } = this.bench;
    const { arrange } = state;
    const { place, change } = arrange.rights.value;
    if (on && !place && change === "none") return this.bench.say("arrange.may_not", {}, true);
    if (on === arrange.on.value) return;
    if (!on) {
      this.placing.end();
      this.choose(null);
      if (arrange.past.value) void this.view(null);
    }
    arrange.on.value = on;
    world.arranging = on ? this : null;
    world.walker.cancel();
    this.bench.stale = true;
    if (!on) this.#shown.draw(null, null, null);
  }

  here(): ThingLine[] {
    const { things } = this.bench.world;
    const lines = [...this.bench.things.all.values()]
      .filter(({ id }) => id !== GHOST)
      .map((thing) => this.bench.line(thing))
      .sort((a, b) => a.distance_m - b.distance_m);
    for (const { id } of lines.slice(0, NAMED)) things.learn(this.bench.things.all.get(id)!);
    return lines;
  }

  library(): Promise<readonly LibraryItem[]> {
    return this.bench.world.things.library.read();
  }

  async works(): Promise<readonly Work[]> {
    const { works } = await sendJson<{ works: readonly Work[] }>("/api/works").catch(inTrouble);
    return works;
  }

  // --- choosing ---

  get #thing(): Thing | null {
    return this.#chosen === null ? null : (this.bench.things.all.get(this.#chosen) ?? null);
  }

  choose(id: string | null): void {
    if (id === this.#chosen) return;
    void this.bench.holds.putDown();
    this.#chosen = id;
    this.#tellChosen();
    const { chosen } = this.bench.state.arrange;
    if (chosen.value) this.bench.say("arrange.chosen", { name: chosen.value.label });
  }

  #tellChosen(): void {
    const thing = this.#thing;
    const { chosen } = this.bench.state.arrange;
    if (!thing) {
      this.#chosen = null;
      chosen.value = null;
      return;
    }
    const { size, scale } = thing;
    const next: Chosen = {
      ...this.bench.line(thing),
      position: thing.position.toArray().map((metres) => rounded(metres, 1000)) as Vector,
      degrees: rounded((yawOf(thing.rotation) * 180) / Math.PI, 10),
      scale: rounded(scale, 1000),
      size: [size.x * scale, size.y * scale, size.z * scale],
      caption: thing.entity.caption?.text ?? "",
      holder: this.bench.holder(thing),
    };
    if (JSON.stringify(next) !== JSON.stringify(chosen.value)) chosen.value = next;
  }

  cancel(): boolean {
    if (this.placing.ghost.source) {
      this.placing.end();
      this.bench.say("arrange.put_back");
      return true;
    }
    if (!this.#chosen) return false;
    this.choose(null);
    return true;
  }

  // --- placing ---

  take(source: Source): void {
    if (!this.bench.state.arrange.rights.value.place) return this.bench.say("arrange.may_not", {}, true);
    this.open(true);
    this.choose(null);
    this.placing.begin(source);
  }

  async putDown(): Promise<void> {
    const id = await this.placing.putDown();
    if (id) this.choose(id);
  }

  /** For doors that have nobody to wait for the answer. */
  putDownOrTell(): void {
    void this.putDown().catch((error: unknown) => this.bench.refused(error));
  }

  upload(files: readonly File[], x?: number, y?: number): void {
    for (const file of files) void this.#uploads.begin(file, (size) => this.placing.hung(size, x, y));
  }

  dropUpload(id: number): void {
    this.#uploads.drop(id);
  }

  /** An upload is ready: it goes where it was dropped, or into the hand. */
  async #bring(source: Source, at: Transform | null): Promise<void> {
    if (!at) return this.take(source);
    try {
      const id = await this.placing.spawn(source, at);
      if (this.bench.state.arrange.on.value) this.choose(id);
    } catch (error) {
      this.bench.refused(error);
    }
  }

  // --- moving ---

  step(step: Step): void {
    if (this.placing.ghost.source) return this.placing.step(step);
    const thing = this.#thing;
    if (!thing) return;
    this.carrying.step(thing, step);
    this.#tellChosen();
    if (this.bench.holds.id === thing.id) this.#sayWhere(step);
  }

  #sayWhere(step: Step): void {
    const { value } = this.bench.state.arrange.chosen;
    if (!value) return;
    const [x, y, z] = value.position.map((metres) => metres.toFixed(2)) as [string, string, string];
    if (step.do === "turn") this.bench.say("arrange.at.degrees", { degrees: value.degrees });
    else if (step.do === "scale") this.bench.say("arrange.at.scale", { percent: Math.round(value.scale * 100) });
    else this.bench.say("arrange.at", { x, y, z });
  }

  set(numbers: { position?: Vector; degrees?: number; scale?: number }): void {
    const thing = this.#thing;
    if (thing) this.carrying.set(thing, numbers);
  }

  handle(kind: HandleKind, phase: "begin" | "drag" | "end", dx = 0, dy = 0): void {
    const thing = this.#thing;
    if (phase === "end" || !thing) this.carrying.end();
    else if (phase === "begin") this.carrying.begin(thing, kind);
    else this.carrying.drag(thing, dx, dy);
  }

  // --- other changes ---

  async duplicate(): Promise<void> {
    const thing = this.#thing;
    if (!thing) return;
    const { model, media, caption } = thing.entity;
    const id = freshId();
    const transform = this.bench.bounded(aside(thing, COPY_GAP_M));
    const parts = Object.entries({ model, media, caption }).filter(([, part]) => part);
    await this.bench.ask({ type: "spawn", entity: { id, transform, ...Object.fromEntries(parts) } as Entity });
    this.choose(id);
  }

  async caption(words: string): Promise<void> {
    const thing = this.#thing;
    if (!thing) return;
    const text = words.trim();
    const { language } = this.bench.state.settings.value;
    const entity = thing.id;
    if (text) await this.bench.ask({ type: "patch", entity, set: { caption: { text, language } } });
    else if (thing.entity.caption) await this.bench.ask({ type: "patch", entity, unset: ["caption"] });
    this.#tellChosen();
  }

  async remove(): Promise<void> {
    const thing = this.#thing;
    if (!thing) return;
    const { label } = this.bench.line(thing);
    await this.bench.ask({ type: "remove", entity: thing.id });
    this.choose(null);
    this.bench.say("arrange.removed", { name: label });
  }

  async undo(): Promise<void> {
    await this.bench.ask({ type: "undo" });
    this.bench.say("arrange.undone");
  }

  async redo(): Promise<void> {
    await this.bench.ask({ type: "redo" });
    this.bench.say("arrange.redone");
  }

  history(before?: number): Promise<SceneHistory> {
    return this.#past.history(before);
  }

  async view(operation: PastOperation | null): Promise<void> {
    this.choose(null);
    await this.#past.view(operation);
  }

  restore(op_sequence: number): Promise<void> {
    return this.#past.restore(op_sequence);
  }

  // --- the pointer over the picture ---

  /** The thing under a ray, which the hall's walls may hide. */
  under(origin: Vector3, direction: Vector3): Thing | null {
    return this.bench.aim.thing(origin, direction, GHOST);
  }

  hover(at: Vector2 | null): boolean {
    this.#pointed = null;
    if (!at) return true;
    const { origin, direction } = this.bench.view.ray(at);
    const { source } = this.placing.ghost;
    if (source) this.placing.aim(origin, direction);
    else this.#pointed = this.under(origin, direction);
    this.bench.world.stage.canvas.style.cursor = this.#pointed || source ? "pointer" : "";
    return true;
  }

  click(at: Vector2): boolean {
    const { origin, direction } = this.bench.view.ray(at);
    if (this.placing.ghost.source) {
      this.placing.aim(origin, direction);
      this.putDownOrTell();
      return true;
    }
    const thing = this.under(origin, direction);
    if (!thing && !this.#chosen) return false;
    this.choose(thing?.id ?? null);
    return true;
  }

  press(at: Vector2): boolean {
    const chosen = this.#thing;
    if (!chosen || this.placing.ghost.source) return false;
    const { origin, direction } = this.bench.view.ray(at);
    if (this.under(origin, direction) !== chosen) return false;
    this.carrying.press(at);
    return true;
  }

  drag(at: Vector2): void {
    const thing = this.#thing;
    if (thing) this.carrying.draw(thing, at);
  }

  drop(): void {
    this.carrying.drop();
  }

  // --- each drawing ---

  update(dt: number): void {
    this.carrying.update(dt);
    const { ghost } = this.placing;
    // A fetch of everything has swept it away.
    if (ghost.source && !ghost.thing && ghost.transform) ghost.at(ghost.transform);
    const thing = this.#thing;
    this.#shown.draw(ghost.thing, thing, this.#pointed);
    this.#shown.place(thing);
    if ((this.#tell_s += dt) < TELL_S) return;
    this.#tell_s = 0;
    if (this.#chosen) this.#tellChosen();
    if (!this.bench.stale) return;
    this.bench.stale = false;
    const { version, placed } = this.bench.state.arrange;
    version.value++;
    placed.value = { ...placed.value, count: this.bench.things.all.size - (ghost.source ? 1 : 0) };
  }

  dispose(): void {
    this.#cleanup.dispose();
    this.#uploads.dispose();
    this.#shown.dispose();
  }
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
