/** Arranging the room: what is chosen, what is being placed, what is in the hand. Every door to it (panel, handles, keys, hands) calls the same deeds. */
import { Quaternion, Vector2, Vector3 } from "three";
import { Cleanup } from "../hall/signal";
import type { HallState, Trouble } from "../hall/state";
import { sendJson } from "../net/http";
import type { Applied, Arranged, Entity, PastOperation, SceneHistory, Transform, Welcome } from "../net/protocol.gen";
import { isRefusal, refusal } from "../net/requests";
import type { RoomChannel } from "../net/room_channel";
import type { LibraryItem } from "../world/placed/library";
import type { Thing, Vector } from "../world/placed/thing";
import type { Work } from "../world/placed/works";
import type { Arranging, World } from "../world/world";
import { Aim } from "./aim";
import type { ArrangeActions, Chosen, HandleKind, Source, Step, ThingLine, Told } from "./contract";
import { aside, freshId, Ghost, GHOST } from "./ghost";
import { Holds } from "./hold";
import { COLOUR, Outlines } from "./outlines";
import { clampScale, placeOn, snapped, ANGLE, GRID_M, turned, yawOf } from "./snap";
import { stepped } from "./steps";
import { Uploads } from "./uploads";
import { View } from "./view";

const TELL_S = 0.12;
/** Steps by key that follow one another within this time are one move. */
const SETTLE_S = 0.6;
const COPY_GAP_M = 0.05;
/** Without a pointer a new thing stands so far ahead, or at the wall that one looks at, when it is nearer than `WALL_M`. */
const BEFORE_M = 3;
const WALL_M = 8;
const RADIANS_PER_PIXEL = Math.PI / 200;
const PIXELS_PER_DOUBLING = 140;
/** Colours of other people's outlines. */
const OTHERS = ["#f2a65a", "#7fc8e8", "#d98cc0", "#b7d968", "#e07a6a", "#a79be8"] as const;

type Asked =
  | { type: "spawn"; entity: Entity }
  | { type: "undo" | "redo" }
  | { type: "remove"; entity: string }
  | {
      type: "patch";
      entity: string;
      set?: { caption: { text: string; language: string } };
      unset?: string[];
    };

export class Editor implements Arranging, ArrangeActions {
  readonly aim: Aim;
  readonly holds: Holds;
  readonly ghost: Ghost;
  readonly #world: World;
  readonly #state: HallState;
  readonly #channel: RoomChannel;
  readonly #view: View;
  readonly #outlines: Outlines | null;
  readonly #uploads: Uploads;
  readonly #cleanup = new Cleanup();
  #room = "";
  #owner = "";
  #arrangement_url = "";
  #low: Vector = [-60, -10, -60];
  #high: Vector = [60, 60, 60];
  #chosen: string | null = null;
  #pointed: Thing | null = null;
  #told = 0;
  #tell_s = 0;
  #settle_s = 0;
  #stale = true;
  /** A drag by pointer or handle: where it was taken. */
  #from: { kind: HandleKind; transform: Transform; anchor: Vector2 } | null = null;
  readonly #at = new Vector2();
  readonly #forward = new Vector3();

  constructor(world: World, state: HallState, channel: RoomChannel) {
    this.#world = world;
    this.#state = state;
    this.#channel = channel;
    const { things } = world;
    this.aim = new Aim(things.things, () => world.walker.ground);
    this.ghost = new Ghost(things.things);
    this.holds = new Holds(things, {
      request: (request) => channel.request(request),
      drag: (place) => channel.drag(place),
      refused: (error) => this.#refused(error),
    });
    this.#view = new View(world.stage);
    this.#outlines = world.stage.renderer ? new Outlines(world.stage.scene) : null;
    this.#uploads = new Uploads({
      changed: (all) => (state.arrange.uploads.value = all),
      ready: (source, at) => void this.#bring(source, at),
      language: () => state.settings.value.language,
    });
    things.changed = () => (this.#stale = true);
    this.#cleanup.add(
      state.phase.watch((phase) => {
        if (phase === "closed" || phase === "failed") this.open(false);
      }),
    );
  }

  /** At each welcome: what one may do here. */
  welcomed({ space }: Welcome): void {
    this.#room = space.room;
    this.#owner = space.owner;
    this.#arrangement_url = space.arrangement_url;
    this.#low = space.bounds_min;
    this.#high = space.bounds_max;
    const { rights, placed } = this.#state.arrange;
    rights.value = { place: space.may_place, change: space.may_change, restore: space.may_restore };
    placed.value = { count: this.#world.things.things.all.size, limit: space.entity_limit };
    if (!space.may_place && space.may_change === "none") this.open(false);
  }

  open(on: boolean): void {
    const { arrange } = this.#state;
    const { place, change } = arrange.rights.value;
    if (on && !place && change === "none") return this.#say("arrange.may_not", {}, true);
    if (on === arrange.on.value) return;
    if (!on) {
      this.ghost.hide();
      arrange.placing.value = null;
      this.choose(null);
      if (arrange.past.value) void this.view(null);
    }
    arrange.on.value = on;
    this.#world.arranging = on ? this : null;
    this.#world.walker.cancel();
    this.#stale = true;
    if (!on) this.#draw();
  }

  get #things(): World["things"]["things"] {
    return this.#world.things.things;
  }

  #line(thing: Thing): ThingLine {
    const mine = thing.owner === this.#owner;
    const { change } = this.#state.arrange.rights.value;
    return {
      id: thing.id,
      label: this.#world.things.name(thing),
      kind: thing.kind,
      distance_m: thing.position.distanceTo(this.#world.walker.feet),
      mine,
      mayChange: !this.#world.things.isPast && (change === "any" || (change === "own" && mine)),
    };
  }

  here(): ThingLine[] {
    return [...this.#things.all.values()]
      .filter(({ id }) => id !== GHOST)
      .map((thing) => this.#line(thing))
      .sort((a, b) => a.distance_m - b.distance_m);
  }

  library(): Promise<readonly LibraryItem[]> {
    return this.#world.things.library.read();
  }

  async works(): Promise<readonly Work[]> {
    const { works } = await sendJson<{ works: readonly Work[] }>("/api/works");
    return works;
  }

  // --- choosing -------------------------------------------------------------------------------------------------------------------------------

  choose(id: string | null): void {
    if (id === this.#chosen) return;
    void this.holds.putDown();
    this.#chosen = id;
    this.#tellChosen();
    const { chosen } = this.#state.arrange;
    if (chosen.value) this.#say("arrange.chosen", { name: chosen.value.label });
  }

  get #thing(): Thing | null {
    return this.#chosen === null ? null : (this.#things.all.get(this.#chosen) ?? null);
  }

  #tellChosen(): void {
    const thing = this.#thing;
    const { chosen } = this.#state.arrange;
    if (!thing) {
      this.#chosen = null;
      chosen.value = null;
      return;
    }
    const { holder } = thing;
    const size = thing.size;
    const next: Chosen = {
      ...this.#line(thing),
      position: thing.position.toArray().map((metres) => Math.round(metres * 1000) / 1000) as Vector,
      degrees: Math.round((yawOf(thing.rotation) * 1800) / Math.PI) / 10,
      scale: Math.round(thing.scale * 1000) / 1000,
      size: [size.x * thing.scale, size.y * thing.scale, size.z * thing.scale],
      caption: thing.entity.caption?.text ?? "",
      holder: holder && holder !== this.#world.things.drags.own ? this.#name(holder) : null,
    };
    if (JSON.stringify(next) !== JSON.stringify(chosen.value)) chosen.value = next;
  }

  #name(participant: string): string {
    return this.#state.people.value.find((person) => person.participant === participant)?.name ?? "";
  }

  // --- placing --------------------------------------------------------------------------------------------------------------------------------

  take(source: Source): void {
    if (!this.#state.arrange.rights.value.place) return this.#say("arrange.may_not", {}, true);
    this.open(true);
    this.choose(null);
    this.ghost.show(source);
    this.#state.arrange.placing.value = source.label;
    this.#beforeMe();
    this.#say("arrange.placing", { name: source.label });
  }

  /** Where one looks, or on the floor a step ahead. */
  #beforeMe(): void {
    const { pose, walker } = this.#world;
    this.#forward.set(0, 0, -1).applyQuaternion(pose.rotation);
    const wall = this.aim.surface(pose.head, this.#forward, GHOST);
    if (wall && wall.point.distanceTo(pose.head) < WALL_M && this.#surface(wall)) return;
    const { x, y, z } = walker.feet;
    const ahead = new Vector3(x - Math.sin(walker.heading) * BEFORE_M, y, z - Math.cos(walker.heading) * BEFORE_M);
    this.#surface({ point: ahead, normal: new Vector3(0, 1, 0) });
  }

  /** Puts the ghost where a ray meets something. False when it meets nothing that the thing can stand on. */
  aimGhost(origin: Vector3, direction: Vector3): boolean {
    const surface = this.aim.surface(origin, direction, GHOST);
    return surface ? this.#surface(surface) : false;
  }

  #surface(surface: { point: Vector3; normal: Vector3 }): boolean {
    const { thing, scale, turn } = this.ghost;
    if (!thing) return false;
    const transform = this.#on(thing, scale, surface, snapped(this.#world.walker.heading, ANGLE, this.#free) + turn);
    if (transform) this.ghost.at(transform);
    return transform !== null;
  }

  #on(thing: Thing, scale: number, surface: { point: Vector3; normal: Vector3 }, yaw: number): Transform | null {
    const { kind, hangs, size, middle } = thing;
    const { point, normal } = surface;
    const depth = size.z * scale + 0.1;
    const floor = this.aim.hall.floor(point.x + normal.x * depth, point.y + 0.1, point.z + normal.z * depth);
    const transform = placeOn(
      { floats: kind === "panorama", hangs, size, middle, scale },
      surface,
      yaw,
      floor,
      this.#free,
    );
    return transform && this.#bounded(transform);
  }

  get #free(): boolean {
    return this.#state.arrange.free.value;
  }

  #bounded(transform: Transform): Transform {
    const position = transform.position.map((metres, i) =>
      Math.min(this.#high[i]!, Math.max(this.#low[i]!, metres)),
    ) as Vector;
    return { ...transform, position, scale: clampScale(transform.scale ?? 1) };
  }

  async putDown(): Promise<void> {
    const { source, transform } = this.ghost;
    if (!source) return;
    if (!transform) return this.#say("arrange.nowhere", {}, true);
    const id = freshId();
    this.#state.arrange.placing.value = null;
    try {
      await this.#ask({ type: "spawn", entity: { id, ...source.entity, transform } });
    } finally {
      if (this.ghost.source === source) this.ghost.hide();
    }
    this.choose(id);
    this.#say("arrange.placed", { name: source.label });
  }

  /** For doors that have nobody to wait for the answer. */
  putDownOrTell(): void {
    void this.putDown().catch((error: unknown) => this.#refused(error));
  }

  /** An upload is ready: it goes where it was dropped. */
  async #bring(source: Source, at: Transform | null): Promise<void> {
    if (!at) return this.take(source);
    const id = freshId();
    try {
      await this.#ask({ type: "spawn", entity: { id, ...source.entity, transform: at } });
      if (this.#state.arrange.on.value) this.choose(id);
      this.#say("arrange.placed", { name: source.label });
    } catch (error) {
      this.#refused(error);
    }
  }

  /** Where something dropped at a point of the picture (CSS pixels), or before the person, would hang. */
  #hungAt(size: [number, number], x?: number, y?: number): Transform | null {
    const { pose, walker } = this.#world;
    const ray =
      x === undefined || y === undefined
        ? { origin: pose.head, direction: this.#forward.set(0, 0, -1).applyQuaternion(pose.rotation) }
        : this.#view.ray(this.#view.device(x, y));
    const surface = this.aim.surface(ray.origin, ray.direction, GHOST);
    if (!surface) return null;
    const whole = { size: new Vector3(size[0] + 0.07, size[1] + 0.07, 0.04), middle: new Vector3(), scale: 1 };
    const floor = walker.feet.y;
    const transform = placeOn({ floats: false, hangs: true, ...whole }, surface, walker.heading, floor, this.#free);
    return transform && this.#bounded(transform);
  }

  cancel(): boolean {
    if (this.ghost.source) {
      this.ghost.hide();
      this.#state.arrange.placing.value = null;
      this.#say("arrange.put_back", {});
      return true;
    }
    if (!this.#chosen) return false;
    this.choose(null);
    return true;
  }

  // --- moving ---------------------------------------------------------------------------------------------------------------------------------

  /** Takes the chosen thing in the hand; false when it may not be. */
  grab(id: string): boolean {
    const thing = this.#things.all.get(id);
    if (!thing) return false;
    if (!this.#line(thing).mayChange) {
      this.#say("arrange.not_yours", { name: this.#world.things.name(thing) }, true);
      return false;
    }
    if (thing.holder && thing.holder !== this.#world.things.drags.own) {
      this.#say("arrange.held", { name: this.#name(thing.holder) }, true);
      return false;
    }
    return this.holds.take(id);
  }

  /** What is in the hand. */
  get held(): Thing | null {
    return this.holds.id === null ? null : (this.#things.all.get(this.holds.id) ?? null);
  }

  carry(transform: Transform): void {
    this.holds.move(this.#bounded(transform));
    this.#stale = true;
  }

  step(step: Step): void {
    if (this.ghost.source) return this.#stepGhost(step);
    const thing = this.#thing;
    if (!thing || !this.grab(thing.id)) return;
    const { walker } = this.#world;
    this.carry(stepped(this.holds.transform!, step, thing.hangs, walker.heading, this.#free));
    this.#settle_s = SETTLE_S;
    this.#tellChosen();
    this.#sayWhere(step);
  }

  #stepGhost(step: Step): void {
    const { ghost } = this;
    if (step.do === "turn") ghost.turn += step.sign * ANGLE;
    const from = ghost.transform;
    if (!from) return;
    const thing = ghost.thing!;
    const to = this.#bounded(stepped(from, step, thing.hangs, this.#world.walker.heading, this.#free));
    ghost.scale = to.scale ?? 1;
    ghost.at(to);
  }

  #sayWhere(step: Step): void {
    const { value } = this.#state.arrange.chosen;
    if (!value) return;
    const [x, y, z] = value.position;
    if (step.do === "turn") this.#say("arrange.at.degrees", { degrees: value.degrees });
    else if (step.do === "scale") this.#say("arrange.at.scale", { percent: Math.round(value.scale * 100) });
    else this.#say("arrange.at", { x: x.toFixed(2), y: y.toFixed(2), z: z.toFixed(2) });
  }

  set({ position, degrees, scale }: { position?: Vector; degrees?: number; scale?: number }): void {
    const thing = this.#thing;
    if (!thing || !this.grab(thing.id)) return;
    const from = this.holds.transform!;
    this.carry({
      position: position ?? from.position,
      rotation: degrees === undefined ? from.rotation! : turned((degrees * Math.PI) / 180),
      scale: scale ?? from.scale ?? 1,
    });
    void this.holds.putDown();
  }

  handle(kind: HandleKind, phase: "begin" | "drag" | "end", dx = 0, dy = 0): void {
    const thing = this.#thing;
    if (phase === "begin") {
      if (!thing || !this.grab(thing.id)) return;
      this.#from = { kind, transform: thing.transform(), anchor: this.#view.foot(thing) };
      return;
    }
    const from = this.#from;
    if (!from) return;
    if (phase === "end") {
      this.#from = null;
      void this.holds.putDown();
      return;
    }
    if (!thing) return;
    const to = this.#handled(thing, from, dx, dy);
    if (to) this.carry(to);
  }

  #handled(
    thing: Thing,
    from: { kind: HandleKind; transform: Transform; anchor: Vector2 },
    dx: number,
    dy: number,
  ): Transform | null {
    const { transform } = from;
    const [x, y, z] = transform.position;
    const scale = transform.scale ?? 1;
    switch (from.kind) {
      case "move": {
        const ray = this.#view.ray(this.#view.device(from.anchor.x + dx, from.anchor.y + dy));
        return this.along(thing, ray.origin, ray.direction, transform);
      }
      case "lift":
        return { ...transform, position: [x, snapped(y - dy * this.#view.metresAPixel(thing), GRID_M, this.#free), z] };
      case "turn": {
        const yaw = yawOf(new Quaternion(...(transform.rotation ?? [0, 0, 0, 1]))) + dx * RADIANS_PER_PIXEL;
        return { ...transform, rotation: turned(snapped(yaw, ANGLE, this.#free)) };
      }
      case "scale":
        return {
          ...transform,
          scale: snapped(clampScale(scale * 2 ** ((dx - dy) / PIXELS_PER_DOUBLING)), GRID_M, this.#free),
        };
    }
  }

  /** Where a thing goes whose middle is drawn along a ray: onto what the ray meets, keeping how it was turned and how high over its floor. */
  along(thing: Thing, origin: Vector3, direction: Vector3, from: Transform): Transform | null {
    const surface = this.aim.surface(origin, direction, thing.id);
    if (!surface) return null;
    const yaw = yawOf(new Quaternion(...(from.rotation ?? [0, 0, 0, 1])));
    return this.#on(thing, from.scale ?? 1, surface, yaw);
  }

  // --- changes --------------------------------------------------------------------------------------------------------------------------------

  async #ask(request: Asked): Promise<void> {
    await this.holds.putDown();
    const answer = (await this.#channel.request(request).catch((error: unknown) => {
      throw isRefusal(error) ? trouble(error) : trouble(refusal("internal", String(error)));
    })) as Applied;
    await Promise.race([
      this.#world.things.arrangement.reached(answer.op_sequence),
      new Promise((done) => setTimeout(done, 2000)),
    ]);
    this.#stale = true;
  }

  async duplicate(): Promise<void> {
    const thing = this.#thing;
    if (!thing) return;
    const { model, media, caption } = thing.entity;
    const id = freshId();
    const copy: Entity = {
      id,
      transform: this.#bounded(aside(thing, COPY_GAP_M)),
      ...given({ model, media, caption }),
    };
    await this.#ask({ type: "spawn", entity: copy });
    this.choose(id);
  }

  async caption(words: string): Promise<void> {
    const thing = this.#thing;
    if (!thing) return;
    const text = words.trim();
    const { language } = this.#state.settings.value;
    if (text) await this.#ask({ type: "patch", entity: thing.id, set: { caption: { text, language } } });
    else if (thing.entity.caption) await this.#ask({ type: "patch", entity: thing.id, unset: ["caption"] });
    this.#tellChosen();
  }

  async remove(): Promise<void> {
    const thing = this.#thing;
    if (!thing) return;
    const name = this.#world.things.name(thing);
    await this.#ask({ type: "remove", entity: thing.id });
    this.choose(null);
    this.#say("arrange.removed", { name });
  }

  async undo(): Promise<void> {
    await this.#ask({ type: "undo" });
    this.#say("arrange.undone", {});
  }

  async redo(): Promise<void> {
    await this.#ask({ type: "redo" });
    this.#say("arrange.redone", {});
  }

  upload(files: readonly File[], x?: number, y?: number): void {
    for (const file of files) void this.#uploads.begin(file, (size) => this.#hungAt(size, x, y));
  }

  dropUpload(id: number): void {
    this.#uploads.drop(id);
  }

  // --- earlier states -------------------------------------------------------------------------------------------------------------------------

  history(before?: number): Promise<SceneHistory> {
    const query = before === undefined ? "" : `?before=${before}`;
    return sendJson(`/api/rooms/${encodeURIComponent(this.#room)}/history${query}`).catch(
      inTrouble,
    ) as Promise<SceneHistory>;
  }

  async view(operation: PastOperation | null): Promise<void> {
    const { past } = this.#state.arrange;
    this.choose(null);
    const { op_sequence } = operation ?? {};
    const earlier =
      op_sequence === undefined
        ? null
        : await sendJson<Arranged>(`${this.#arrangement_url}?at=${op_sequence}`).catch(inTrouble);
    this.#world.things.show(earlier ? earlier.placed : null);
    past.value = operation;
    this.#stale = true;
  }

  async restore(op_sequence: number): Promise<void> {
    const path = `/api/rooms/${encodeURIComponent(this.#room)}/restore`;
    await sendJson(path, { method: "POST", body: JSON.stringify({ op_sequence }) }).catch(inTrouble);
    await this.view(null);
    this.#say("arrange.restored", {});
  }

  // --- pointer --------------------------------------------------------------------------------------------------------------------------------

  hover(at: Vector2 | null): boolean {
    this.#pointed = null;
    if (!at) return true;
    const { origin, direction } = this.#view.ray(at);
    if (this.ghost.source) this.aimGhost(origin, direction);
    else this.#pointed = this.aim.thing(origin, direction, GHOST);
    this.#world.stage.canvas.style.cursor = this.#pointed || this.ghost.source ? "pointer" : "";
    return true;
  }

  click(at: Vector2): boolean {
    const { origin, direction } = this.#view.ray(at);
    if (this.ghost.source) {
      this.aimGhost(origin, direction);
      this.putDownOrTell();
      return true;
    }
    const thing = this.aim.thing(origin, direction, GHOST);
    if (thing) {
      this.choose(thing.id);
      return true;
    }
    if (!this.#chosen) return false;
    this.choose(null);
    return true;
  }

  press(at: Vector2): boolean {
    const chosen = this.#thing;
    if (!chosen || this.ghost.source) return false;
    const { origin, direction } = this.#view.ray(at);
    if (this.aim.thing(origin, direction, GHOST)?.id !== chosen.id) return false;
    this.#from = { kind: "move", transform: chosen.transform(), anchor: new Vector2(at.x, at.y) };
    return true;
  }

  drag(at: Vector2): void {
    const thing = this.#thing;
    const from = this.#from;
    if (!thing || !from) return;
    if (this.holds.id !== thing.id && !this.grab(thing.id)) {
      this.#from = null;
      return;
    }
    if (!this.#dragging) {
      // The place where it was taken stays under the pointer.
      const { x, y } = this.#view.foot(thing);
      this.#offset.copy(this.#view.device(x, y)).sub(from.anchor);
      this.#dragging = true;
    }
    const { origin, direction } = this.#view.ray(this.#at.copy(at).add(this.#offset));
    const to = this.along(thing, origin, direction, from.transform);
    if (to) this.carry(to);
  }

  readonly #offset = new Vector2();
  #dragging = false;

  drop(): void {
    this.#from = null;
    if (!this.#dragging) return;
    this.#dragging = false;
    void this.holds.putDown();
  }

  // --- each drawing ---------------------------------------------------------------------------------------------------------------------------

  update(dt: number): void {
    this.holds.update(performance.now());
    if (this.#settle_s > 0 && (this.#settle_s -= dt) <= 0) void this.holds.putDown();
    if (this.ghost.source && !this.ghost.thing && this.ghost.transform) this.ghost.at(this.ghost.transform);
    this.#draw();
    const thing = this.#thing;
    const place = thing ? this.#view.place(thing) : null;
    const { onScreen } = this.#state.arrange;
    const known = onScreen.value;
    if (!place !== !known || (place && known && Math.abs(place.x - known.x) + Math.abs(place.y - known.y) > 0.5))
      onScreen.value = place;
    if ((this.#tell_s += dt) < TELL_S) return;
    this.#tell_s = 0;
    if (thing || this.#chosen) this.#tellChosen();
    this.#tellTags();
    if (!this.#stale) return;
    this.#stale = false;
    const { version, placed } = this.#state.arrange;
    version.value++;
    placed.value = { ...placed.value, count: this.#things.all.size - (this.ghost.source ? 1 : 0) };
  }

  #tellTags(): void {
    const tags = [];
    for (const { entity, participant } of this.#world.things.drags.held()) {
      const thing = this.#things.all.get(entity);
      const place = thing && participant !== this.#world.things.drags.own ? this.#view.place(thing) : null;
      if (place) tags.push({ name: this.#name(participant), colour: colourOf(participant), x: place.x, y: place.y });
    }
    const { tags: known } = this.#state.arrange;
    if (tags.length || known.value.length) known.value = tags;
  }

  #draw(): void {
    const outlines = this.#outlines;
    if (!outlines) return;
    outlines.begin();
    const { ghost } = this;
    const thing = this.#thing;
    if (this.#state.arrange.on.value) {
      if (ghost.thing) outlines.put(ghost.thing, COLOUR.ghost);
      if (thing) outlines.put(thing, COLOUR.chosen);
      if (this.#pointed && this.#pointed !== thing) outlines.put(this.#pointed, COLOUR.pointed);
      for (const { entity, participant } of this.#world.things.drags.held()) {
        const held = this.#things.all.get(entity);
        if (held && participant !== this.#world.things.drags.own) outlines.put(held, colourOf(participant));
      }
    }
    outlines.end();
  }

  // --- words ----------------------------------------------------------------------------------------------------------------------------------

  #say(key: string, params: Record<string, string | number>, loud = false): void {
    this.#state.arrange.told.value = { number: ++this.#told, key, params, loud } satisfies Told;
  }

  #refused(error: unknown): void {
    const why = isRefusal(error) ? trouble(error) : (error as Trouble);
    this.#state.arrange.told.value = { number: ++this.#told, trouble: why };
  }

  dispose(): void {
    this.#cleanup.dispose();
    this.#uploads.dispose();
    this.#outlines?.dispose();
  }
}

function trouble({ code, detail, retryAfterMs }: Trouble): Trouble {
  return { code, detail, retryAfterMs };
}

function inTrouble(error: unknown): never {
  throw isRefusal(error) ? trouble(error) : trouble(refusal("internal", String(error)));
}

/** Components that are there. */
function given<T extends object>(parts: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
}

export function colourOf(participant: string): string {
  let sum = 0;
  for (const letter of participant) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return OTHERS[sum % OTHERS.length]!;
}
