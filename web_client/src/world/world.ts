/** The room as one stands in it: stage, hall, own body, the others, and what can be acted on. */
import { Raycaster, Vector2, Vector3 } from "three";
import type { KeyName } from "../a11y/keys";
import { Cleanup } from "../hall/signal";
import type { Actionable, HallState, Participant, Place } from "../hall/state";
import type { Grabbed, Operated, Reacted, Released, Welcome } from "../net/protocol.gen";
import type { RoomChannel } from "../net/room_channel";
import type { ChosenBook } from "./books/reading";
import { makeBodies } from "./crowd_bodies";
import { type Deeds, Furnishing, isTaken, seatStand } from "./furnishing";
import type { Hall, Progress } from "./hall";
import { HallLoading, type SceneSource } from "./hall_loading";
import { Inhabitants, type Presence } from "./inhabitants";
import { Keyboard } from "./keyboard";
import { PlainGround } from "./collider";
import { Markers } from "./marker";
import { OwnPose } from "./own_pose";
import { evenLight } from "./placed/lighting";
import { Placed } from "./placed/placed";
import { Pointer } from "./pointer";
import type { SceneDocument, SceneSeat, Triple } from "./scene_document";
import { Stage, type StageOptions } from "./stage";
import { type Target, Targets } from "./targets";
import { type Intent, Walker } from "./walker";
import { worldWords } from "./words";

/** Until a room says its own. */
const ROUGH_BOUNDS: { min: Triple; max: Triple } = { min: [-20, 0, -40], max: [20, 10, 40] };
const WHERE_S = 0.2;
const WHEREABOUTS_S = 0.5;
const HOVER_S = 0.08;
const SIGHT_METRES = 40;
/** Where one comes to stand in front of a person. */
const MEETING_METRES = 1.3;

export interface WorldListener {
  /** A teleport: others must not see a slide. */
  jumped(): void;
  notice(code: string, detail?: string): void;
  passed(room: string): void;
}

/** Who arranges the room takes clicks and hovering for placing and choosing. */
export interface Arranging {
  /** True when the hall is not to hear of it. */
  hover(at: Vector2 | null): boolean;
  click(at: Vector2): boolean;
  /** A press that begins here is a drag of a thing when true; `drag` and `drop` follow. */
  press(at: Vector2): boolean;
  drag(at: Vector2): void;
  drop(): void;
  update(dt: number): void;
}

export class World {
  readonly stage: Stage;
  readonly walker: Walker;
  readonly targets: Targets;
  readonly inhabitants: Inhabitants;
  readonly pose = new OwnPose();
  readonly markers: Markers;
  readonly keyboard: Keyboard;
  readonly pointer: Pointer;
  /** What people have placed here. */
  readonly things: Placed;
  /** While somebody arranges the room: gets the pointer before the hall does. */
  arranging: Arranging | null = null;
  hall: Hall | null = null;
  document: SceneDocument | null = null;
  /** While a headset presents it moves the rig itself; keys and mouse rest. */
  headset: ((dt: number, frame: XRFrame) => void) | null = null;
  /** Called when the body was put elsewhere by something else than its own steps. */
  placed: (() => void) | null = null;
  readonly #state: HallState;
  readonly #listener: WorldListener;
  readonly #furnishing: Furnishing;
  readonly #cleanup = new Cleanup();
  readonly #intent: Intent = { forward: 0, sideways: 0, turn: 0, fast: false };
  readonly #raycaster = new Raycaster();
  readonly #hover_at = new Vector2();
  readonly #point = new Vector3();
  readonly #beside = new Vector3();
  #coming: HallLoading | null = null;
  #hovering = false;
  #hovered: Target | null = null;
  #listed = false;
  #where_s = 0;
  #whereabouts_s = 0;
  #hover_s = 0;

  constructor(container: HTMLElement, options: StageOptions, state: HallState, listener: WorldListener) {
    this.#state = state;
    this.#listener = listener;
    this.stage = new Stage(container, options);
    this.walker = new Walker(new PlainGround(new Vector3(...ROUGH_BOUNDS.min), new Vector3(...ROUGH_BOUNDS.max)));
    this.targets = new Targets(() => (this.#listed = false));
    this.inhabitants = new Inhabitants(makeBodies(this.stage, state, () => this.hall?.probes ?? null));
    this.markers = new Markers(this.stage.scene);
    this.things = new Placed(state, this.targets, {
      feet: this.walker.feet,
      sit: (seat) => this.sit(seat),
      approach: (at) => this.#walkUpTo(at),
      notice: (code) => listener.notice(code),
    });
    this.#furnishing = new Furnishing(this.targets, this.#deeds());
    this.keyboard = new Keyboard((name) => this.#key(name));
    this.pointer = new Pointer(this.stage.canvas, {
      look: (turn, tilt) => this.walker.look(turn, tilt),
      hover: (at) => this.#hover(at),
      click: (at) => this.#click(at),
      press: (at) => this.arranging?.press(at) ?? false,
      drag: (at) => this.arranging?.drag(at),
      drop: () => this.arranging?.drop(),
    });
    this.#cleanup.listen(window, "keydown", (event: KeyboardEvent) => {
      if (event.key === "Escape") this.things.stepOut();
    });
    this.#cleanup.add(
      state.settings.watch(({ keys, comfort }) => {
        this.keyboard.remap(keys);
        this.walker.reducedMotion = this.markers.reducedMotion = comfort.reducedMotion;
        this.things.things.reducedMotion = comfort.reducedMotion;
      }),
    );
    // Behind the entrance and the last page nothing is drawn: typing there must not be slow.
    this.#cleanup.add(
      state.phase.watch((phase) => (this.stage.asleep = phase !== "present" && phase !== "reconnecting")),
    );
    this.#cleanup.add(state.focused.watch((focused) => this.#showFocus(focused)));
  }

  /** Begins to load a room while the person is still at its entrance; `url` is its scene document's. */
  prepare(url: string): void {
    const { min, max } = ROUGH_BOUNDS;
    this.#coming = new HallLoading(this.stage, { url, bounds_min: min, bounds_max: max });
  }

  #load(source: SceneSource, progress: Progress): HallLoading["ready"] {
    const loading = new HallLoading(this.stage, source);
    loading.listen(progress);
    return loading.ready;
  }

  /** Loads what the room is made of; ends when one can walk. */
  async load({ space }: Welcome, progress: Progress): Promise<void> {
    const { bounds_min, bounds_max } = space;
    const url = space.scene_url ? `${space.scene_url}?v=${space.scene_sha256.slice(0, 16)}` : null;
    const prepared = url !== null && this.#coming?.source.url === url ? this.#coming : null;
    this.#coming = null;
    prepared?.listen(progress);
    // What failed while nobody waited is tried once more now that somebody does.
    const early = await prepared?.ready.catch(() => null);
    const { document, hall } = early ?? (await this.#load({ url, bounds_min, bounds_max }, progress));
    this.document = document;
    this.#state.roomTitle.value = document.title;
    this.#state.places.value = document.places;
    this.#state.plan.value = document.plan
      ? {
          url: document.plan,
          min: [document.bounds.min[0], document.bounds.min[2]],
          max: [document.bounds.max[0], document.bounds.max[2]],
        }
      : null;
    this.hall?.dispose();
    this.hall = hall;
    this.walker.ground = this.things.ground(hall.ground);
    this.things.draw(this.stage, (at, out) => (hall.probes ? hall.probes.sample(at, out) : evenLight(at, out)));
    this.#furnishing.furnish(document);
    const reader = { feet: this.walker.feet, chose: (book: ChosenBook) => (this.#state.book.value = book) };
    this.targets.ask(document.titles ? hall.read(document.titles, reader) : null);
  }

  place(position: Readonly<Triple>, heading: number): void {
    this.walker.place({ position, heading });
    this.#state.seated.value = false;
    this.#moved();
  }

  #moved(): void {
    this.#listener.jumped();
    this.placed?.();
  }

  goTo(place: Place | { participant: string }): void {
    if ("participant" in place) {
      for (const presence of this.inhabitants.all.values())
        if (presence.person.participant === place.participant && presence.known) return this.#meet(presence);
      return;
    }
    this.place(place.position, place.heading);
  }

  sit(seat: SceneSeat): void {
    if (isTaken(seat, this.inhabitants.all)) return this.#listener.notice("seat_taken");
    this.walker.sit(seatStand(seat));
    this.#state.seated.value = true;
    this.#moved();
  }

  stand(): void {
    if (!this.#state.seated.value) return;
    this.walker.stand();
    this.#state.seated.value = false;
    if (this.headset) this.placed?.();
  }

  welcomed(welcome: Welcome): void {
    this.things.welcomed(welcome);
  }

  arranged(event: Operated | Grabbed | Released): void {
    this.things.event(event);
  }

  came(person: Participant): void {
    this.inhabitants.came(person);
    const presence = this.inhabitants.all.get(person.slot);
    if (presence) this.#furnishing.person(presence);
  }

  changed(person: Participant): void {
    this.inhabitants.changed(person);
    const presence = this.inhabitants.all.get(person.slot);
    if (presence) this.#furnishing.person(presence);
  }

  went(person: Participant): void {
    this.inhabitants.went(person);
    this.#furnishing.left(person.participant);
  }

  reacted(slot: number, reaction: Reacted["reaction"]): void {
    this.inhabitants.reacted(slot, reaction);
  }

  /** Acts on what is pointed at or chosen by keys. */
  actOnFocused(): void {
    this.#state.focused.value?.act();
  }

  update(dt: number, now_ms: number, frame: XRFrame | null, channel: RoomChannel): void {
    channel.refresh();
    if (frame && this.headset) this.headset(dt, frame);
    else this.#walk(dt);
    channel.offer(this.pose.numbers, this.pose.flags, now_ms);
    this.inhabitants.update(dt, this.pose.head, this.walker.ground, channel.rows, channel.count);
    if (this.hall?.update(this.pose.head, dt)) this.#listed = false;
    this.things.update(dt, this.pose.head, this.pose.rotation, now_ms, channel.room_ms);
    this.arranging?.update(dt);
    this.markers.goal(this.walker.goal);
    this.markers.update(dt, this.pose.head);
    this.#tell(dt);
  }

  #walk(dt: number): void {
    const { walker, stage } = this;
    const intent = this.#intent;
    intent.forward = intent.sideways = intent.turn = 0;
    intent.fast = false;
    if (this.#state.phase.value === "present" || this.#state.phase.value === "reconnecting") {
      this.keyboard.add(intent);
      this.pointer.add(intent);
    }
    walker.step(dt, intent);
    if (walker.seated !== this.#state.seated.value) this.#state.seated.value = walker.seated;
    stage.rig.position.copy(walker.shown);
    stage.rig.rotation.set(0, walker.heading, 0);
    stage.camera.position.set(0, walker.eye_metres, 0);
    stage.camera.rotation.set(walker.pitch, 0, 0);
    stage.rig.updateMatrixWorld(true);
    this.pose.fromWalker(walker);
  }

  /** What changes slowly, told slowly. */
  #tell(dt: number): void {
    if (!this.#listed) {
      this.#listed = true;
      this.#state.actionables.value = this.targets.list();
    }
    if ((this.#where_s += dt) > WHERE_S) {
      this.#where_s = 0;
      const { x, z } = this.pose.head;
      const { heading } = this.walker;
      const before = this.#state.where.value;
      if (Math.abs(before.x - x) + Math.abs(before.z - z) + Math.abs(before.heading - heading) > 0.01)
        this.#state.where.value = { x, z, heading };
    }
    if ((this.#whereabouts_s += dt) > WHEREABOUTS_S) {
      this.#whereabouts_s = 0;
      const all = new Map<string, { x: number; z: number }>();
      for (const { known, head, person } of this.inhabitants.all.values())
        if (known && !person.blocked) all.set(person.participant, { x: head.x, z: head.z });
      this.#state.whereabouts.value = all;
      if (this.#furnishing.occupy(this.inhabitants.all)) this.#listed = false;
    }
    if (this.#hovering && (this.#hover_s += dt) > HOVER_S) {
      this.#hover_s = 0;
      this.#look(this.#hover_at);
    }
  }

  #hover(at: Vector2 | null): void {
    if (this.arranging?.hover(at)) at = null;
    this.#hovering = at !== null;
    if (at) this.#hover_at.copy(at);
    else this.#look(null);
  }

  /** Focuses what is under the pointer; leaves alone what the keyboard chose. */
  #look(at: Vector2 | null): void {
    const found = at ? this.#under(at) : null;
    if (found === this.#hovered) return;
    this.#hovered = found;
    this.#state.focused.value = found;
    this.stage.canvas.style.cursor = found ? "pointer" : "";
  }

  #under(at: Vector2): Target | null {
    this.#raycaster.setFromCamera(at, this.stage.camera);
    const { origin, direction } = this.#raycaster.ray;
    return this.targets.under(origin, direction, this.walker.ground);
  }

  #click(at: Vector2): void {
    if (this.things.inside) return this.things.stepOut();
    if (this.arranging?.click(at)) return;
    const target = this.#under(at);
    if (target) return target.act();
    const { origin, direction } = this.#raycaster.ray;
    if (this.walker.ground.hit(origin, direction, SIGHT_METRES, this.#point) === "floor")
      this.walker.walkTo(this.#point);
  }

  #showFocus(focused: Actionable | null): void {
    const target = focused ? this.targets.get(focused.id) : undefined;
    this.markers.focus(target?.at ?? null, target?.radius_metres ?? 0);
  }

  #key(name: KeyName): void {
    if (name === "act") this.actOnFocused();
    if (name === "stand") this.stand();
    if (name === "mouse_look") this.pointer.toggleLock();
  }

  #meet(presence: Presence): void {
    const { head, rotation } = presence;
    this.#point.set(0, 0, -1).applyQuaternion(rotation).setY(0);
    if (this.#point.lengthSq() < 1e-4) this.#point.set(0, 0, 1);
    this.#point.normalize().multiplyScalar(MEETING_METRES);
    const feet = this.#beside.copy(head);
    // Walked from them, so that a wall or table between leaves us on their side of it.
    feet.y = this.walker.ground.floor(head.x, head.y, head.z) ?? 0;
    this.walker.ground.slide(feet, this.#point.x, this.#point.z);
    this.place([feet.x, feet.y, feet.z], Math.atan2(feet.x - head.x, feet.z - head.z));
  }

  #deeds(): Deeds {
    const { walker } = this;
    const listener = this.#listener;
    return {
      feet: walker.feet,
      sit: (seat) => this.sit(seat),
      pass: (portal) => (portal.open ? listener.passed(portal.room) : listener.notice("door_closed")),
      approach: (desk) => {
        const [x, , z] = desk.position;
        const dx = walker.feet.x - x;
        const dz = walker.feet.z - z;
        const far = Math.hypot(dx, dz) || 1;
        this.#walkTo(x, z, (dx / far) * MEETING_METRES, (dz / far) * MEETING_METRES);
      },
      meet: (person) => {
        const presence = this.inhabitants.all.get(person.slot);
        if (presence?.known) this.#walkUpTo(presence.head);
      },
      language: () => this.#state.settings.value.language,
      words: () => worldWords(this.#state.settings.value.language),
    };
  }

  #walkUpTo(head: Vector3): void {
    const { feet } = this.walker;
    const dx = feet.x - head.x;
    const dz = feet.z - head.z;
    const far = Math.hypot(dx, dz) || 1;
    const stop = Math.min(far, MEETING_METRES);
    this.#walkTo(head.x, head.z, (dx / far) * stop, (dz / far) * stop);
  }

  /** To a point beside (x, z), facing it; at once for somebody in a headset, whose legs are their own. */
  #walkTo(x: number, z: number, beside_x: number, beside_z: number): void {
    const { feet } = this.walker;
    this.#point.set(x + beside_x, feet.y, z + beside_z);
    if (this.headset) this.place(this.#point.toArray(), Math.atan2(beside_x, beside_z));
    else this.walker.walkTo(this.#point);
  }

  dispose(): void {
    this.#cleanup.dispose();
    this.keyboard.dispose();
    this.pointer.dispose();
    this.inhabitants.dispose();
    this.things.dispose();
    this.markers.dispose();
    this.hall?.dispose();
    this.stage.dispose();
  }
}
