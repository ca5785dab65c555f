/** Everybody else in the room: one to a thousand people, drawn by distance within a budget of triangles and draws. */
import { type DataTexture, Group, Vector3, type WebGLRenderer } from "three";
import { FLAG } from "../../net/protocol.gen";
import { POSE } from "../../net/pose";
import { type AmbientProbe, warmAmbient } from "./ambient";
import { Body } from "./body";
import { seenThrough } from "./bubble";
import { OwnModels } from "./own_models";
import { paletteTexture } from "./body_material";
import { FarBodies } from "./far_bodies";
import { Impostors } from "./impostors";
import type { FarModel, Look, LookLibrary, NearModel } from "./look";
import { type Colours, PALETTE, writePalette } from "./palette";
import { ContactShadows } from "./shadows";
import { LIMITS, TIER, TierSorter } from "./tiers";

const SORT_EVERY_S = 0.25;
/** Own figures shown at once; they may have four times a shipped look's triangles, and everybody else stays in what they chose beside it. */
export const OWN_AT_ONCE = 4;
const STEP_M = 0.74;
/** Slower is standing. */
const SLOWEST_M_S = 0.15;
/** How far a mouth moves of which only is known that it speaks. */
const SPEAKING = 0.6;
/** The far tier's looks stay below this: forty that nobody shares, of 1.5k triangles. */
const FAR_ROOM = { vertices: 60_000, indices: 190_000 } as const;

export interface CrowdOptions {
  readonly renderer: WebGLRenderer;
  readonly library: LookLibrary;
  readonly quality?: "high" | "low";
  readonly probe?: AmbientProbe;
  /** At most so many people at once. */
  readonly capacity?: number;
}

interface Person {
  readonly slot: number;
  readonly row: number;
  readonly look: Look;
  readonly stand: Look;
  readonly pose: Float32Array;
  flags: number;
  ground_m: number;
  known: boolean;
  /** Where an impostor was seen last, and how far it has walked since it stood, metres. */
  at_x: number;
  at_z: number;
  walked_m: number;
  mouth: number;
  smile: number;
  seen: number;
  /** Address of a body of their own, and that body once it is here; `ownTaken` while we hold it. */
  readonly own: string | null;
  ownModel: NearModel | null;
  ownTaken: boolean;
  body: Body | null;
  near: NearModel | null;
  far: FarModel | null;
  asked: number;
}

export class Crowd {
  readonly root = new Group();
  /** Who comes nearer than this fades, metres; 0 for nobody. */
  bubble_m = 0;
  readonly #library: LookLibrary;
  readonly #people = new Map<number, Person>();
  readonly #rows: (Person | null)[];
  readonly #free: number[];
  readonly #paletteData: Uint8Array;
  readonly #palette: DataTexture;
  readonly #far: FarBodies;
  readonly #impostors: Impostors;
  readonly #shadows: ContactShadows;
  readonly #tiers: TierSorter;
  readonly #places: Float32Array;
  readonly #live: Uint8Array;
  readonly #spare = new Map<string, Body[]>();
  readonly #probe: AmbientProbe;
  readonly #own = new OwnModels();
  #showsOwn = true;
  #quality: "high" | "low";
  #sorted_s = Infinity;
  #nearTriangles = 0;
  #gone = false;

  constructor(options: CrowdOptions) {
    const capacity = options.capacity ?? 1000;
    this.#library = options.library;
    this.#quality = options.quality ?? "high";
    this.#probe = options.probe ?? warmAmbient;
    this.#rows = new Array<Person | null>(capacity).fill(null);
    this.#free = Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.#paletteData = new Uint8Array(PALETTE.bytes * capacity);
    this.#palette = paletteTexture(this.#paletteData, PALETTE.rows * capacity);
    this.#far = new FarBodies(this.#palette, capacity, this.#probe, FAR_ROOM.vertices, FAR_ROOM.indices);
    const looks = options.library.list.looks;
    this.#impostors = new Impostors(options.renderer, this.#palette, capacity, looks, this.#probe, capacity);
    this.#shadows = new ContactShadows(capacity);
    this.#tiers = new TierSorter(capacity);
    this.#places = new Float32Array(capacity * 2);
    this.#live = new Uint8Array(capacity);
    this.root.add(this.#far.mesh, this.#impostors.mesh, this.#shadows.mesh);
  }

  get size(): number {
    return this.#people.size;
  }

  /** What the crowd asks of the GPU this frame. */
  get triangles(): number {
    return this.#nearTriangles + this.#far.triangles + this.#impostors.triangles + this.#shadows.triangles;
  }

  /** How many people stand in each tier. */
  get tiers(): { near: number; far: number; impostor: number } {
    const out = { near: 0, far: 0, impostor: 0 };
    for (const person of this.#people.values()) {
      if (person.body) out.near++;
      else if (this.#far.has(person.row)) out.far++;
      else out.impostor++;
    }
    return out;
  }

  set quality(quality: "high" | "low") {
    this.#quality = quality;
    this.#sorted_s = Infinity;
  }

  /** Whether people are seen in bodies of their own. */
  set showsOwn(shows: boolean) {
    this.#showsOwn = shows;
    this.#sorted_s = Infinity;
  }

  /** How many are seen in bodies of their own now. */
  get ownShown(): number {
    let count = 0;
    for (const { body } of this.#people.values()) if (body?.own) count++;
    return count;
  }

  has(slot: number): boolean {
    return this.#people.has(slot);
  }

  /**
   * Announces somebody: their slot, look id and chosen colours (`#rrggbb` by tint slot), and the address of a body of their own. False when the
   * crowd is full.
   */
  add(slot: number, lookId: string, colours: Colours, own: string | null = null): boolean {
    this.remove(slot);
    const row = this.#free.pop();
    if (row === undefined) return false;
    const look = this.#library.look(lookId);
    const { slots } = this.#library.list;
    writePalette(this.#paletteData, row * PALETTE.bytes, slots, look.colours, colours, look.tints);
    this.#palette.needsUpdate = true;
    const person: Person = {
      slot,
      row,
      look,
      stand: look.stand === undefined ? look : this.#library.look(look.stand),
      pose: new Float32Array(POSE.size),
      flags: 0,
      ground_m: 0,
      known: false,
      at_x: 0,
      at_z: 0,
      walked_m: 0,
      mouth: 0,
      smile: 0.25,
      seen: 1,
      own,
      ownModel: null,
      ownTaken: false,
      body: null,
      near: null,
      far: null,
      asked: 0,
    };
    this.#people.set(slot, person);
    this.#rows[row] = person;
    this.#sorted_s = Infinity;
    return true;
  }

  remove(slot: number): void {
    const person = this.#people.get(slot);
    if (!person) return;
    this.#people.delete(slot);
    this.#dropBody(person);
    this.#giveBack(person);
    this.#far.remove(person.row, person.look.id);
    this.#rows[person.row] = null;
    this.#live[person.row] = 0;
    this.#free.push(person.row);
  }

  /** The newest pose: numbers laid out as `POSE` from index `at`, wire flags; the floor's height under the person in metres. */
  setPose(slot: number, pose: Float32Array, at: number, flags: number, ground_m = 0): void {
    const person = this.#people.get(slot);
    if (!person) return;
    for (let i = 0; i < POSE.size; i++) {
      const value = pose[at + i];
      person.pose[i] = value !== undefined && Number.isFinite(value) ? value : 0;
    }
    person.flags = flags;
    person.ground_m = ground_m;
    if (!person.known) this.#sorted_s = Infinity;
    person.known = true;
    this.#live[person.row] = 1;
    this.#places[2 * person.row] = person.pose[POSE.head]!;
    this.#places[2 * person.row + 1] = person.pose[POSE.head + 2]!;
  }

  /** Loudness of a voice, 0 … 1: it moves the mouth of a near body. */
  setVoice(slot: number, level: number): void {
    const person = this.#people.get(slot);
    if (person) person.mouth = level;
  }

  /** 0 calm … 1 beaming. */
  setSmile(slot: number, smile: number): void {
    const person = this.#people.get(slot);
    if (person) person.smile = smile;
  }

  /** Where a name plate stands: above the head. Answers how much of it is seen, 0 for people not placed yet. */
  crown(slot: number, out: Vector3): number {
    const person = this.#people.get(slot);
    if (!person?.known) return 0;
    const p = person.pose;
    const seated = (person.flags & FLAG.seated) !== 0 || person.look.wheelchair;
    const top = person.look.height_m * (seated ? 0.76 : 1) + 0.06;
    if (person.body) person.body.crown(out);
    else out.set(p[POSE.head]!, person.ground_m + top, p[POSE.head + 2]!);
    return person.seen;
  }

  /** One frame: `dt` seconds since the last; `camera` in room metres. */
  update(dt: number, camera: Vector3): void {
    this.#sorted_s += dt;
    if (this.#sorted_s > SORT_EVERY_S) {
      this.#sorted_s = 0;
      const limits = LIMITS[this.#quality];
      this.#tiers.sort(this.#rows.length, this.#places, this.#live, camera.x, camera.z, limits);
      // Those who leave a tier make room before others come.
      for (const person of this.#people.values()) this.#leave(person);
      for (const person of this.#people.values()) this.#enter(person);
    }
    this.#impostors.begin();
    this.#shadows.begin();
    for (const person of this.#people.values()) if (person.known) this.#draw(person, dt, camera);
    this.#far.update();
    this.#impostors.end(camera);
    this.#shadows.end();
  }

  #draw(person: Person, dt: number, eye: Vector3): void {
    const { pose, flags, ground_m } = person;
    const x = pose[POSE.head]!;
    const z = pose[POSE.head + 2]!;
    person.seen = seenThrough(this.bubble_m, x - eye.x, pose[POSE.head + 1]! - eye.y, z - eye.z);
    if (person.look.kind === "reader" && person.seen > 0.5) this.#shadows.put(x, ground_m, z, person.look.wheelchair);
    if (person.body) {
      person.body.mouth = flags & FLAG.speaking ? Math.max(person.mouth, SPEAKING) : person.mouth;
      person.body.smile = person.smile;
      person.body.seen = person.seen;
      person.body.setPose(pose, 0, flags, ground_m, dt);
      person.body.update(dt);
    } else if (this.#far.has(person.row)) this.#far.setPose(person.row, pose, 0, flags, ground_m, dt, person.seen);
    else if (person.seen > 0.5 && this.#impostors.ready(person.stand.id)) {
      const q = POSE.rotation;
      const qx = pose[q]!;
      const qy = pose[q + 1]!;
      const qz = pose[q + 2]!;
      const qw = pose[q + 3]!;
      const yaw = Math.atan2(2 * (qw * qy + qx * qz), 1 - 2 * (qy * qy + qx * qx)) + Math.PI;
      const moved = Math.hypot(x - person.at_x, z - person.at_z);
      person.at_x = x;
      person.at_z = z;
      // Half a step standing, half in stride; who stands still stands.
      person.walked_m = moved < dt * SLOWEST_M_S || moved > 1 ? 0 : person.walked_m + moved;
      const strides = (person.walked_m / STEP_M) % 1 > 0.5;
      const away = (flags & FLAG.away) !== 0;
      this.#impostors.put(x, ground_m, z, yaw, person.stand.id, person.row, away, strides);
    }
  }

  #leave(person: Person): void {
    const tier = this.#tiers.tier[person.row]!;
    const own = this.#showsOwn && this.#quality === "high";
    if (tier !== TIER.near || (person.body?.own && !own)) this.#dropBody(person);
    if (person.ownTaken && (tier !== TIER.near || !own)) this.#giveBack(person);
    if (tier !== TIER.far && this.#far.has(person.row)) {
      // A body that is still loading leaves its simpler one in place.
      if (tier !== TIER.near || person.near) this.#far.remove(person.row, person.look.id);
    }
  }

  #enter(person: Person): void {
    const tier = this.#tiers.tier[person.row]!;
    if (tier === TIER.none) return;
    if (!person.far) this.#ask(person, TIER.far);
    this.#bake(person);
    if (tier === TIER.near) {
      this.#dress(person);
      if (person.body) return;
      if (person.near) this.#takeBody(person, person.near);
      else this.#ask(person, TIER.near);
    }
    if (tier !== TIER.impostor && !person.body && person.far) this.#far.add(person.row, person.look, person.far);
  }

  /** From afar a look put together is the shipped one of its figure, in its own colours. */
  #bake(person: Person): void {
    const { stand, look } = person;
    if (this.#impostors.ready(stand.id)) return;
    if (stand === look) {
      if (person.far) this.#impostors.bake(look, person.far);
      return;
    }
    this.#library.far(stand).then(
      (far) => {
        if (!this.#gone && !this.#impostors.ready(stand.id)) this.#impostors.bake(stand, far);
      },
      () => undefined,
    );
  }

  #ask(person: Person, tier: number): void {
    const bit = 1 << tier;
    if (person.asked & bit) return;
    person.asked |= bit;
    const done = (): void => {
      if (!this.#gone) this.#sorted_s = Infinity;
    };
    const failed = (): void => {
      person.asked &= ~bit;
    };
    if (tier === TIER.near) this.#library.near(person.look).then((m) => ((person.near = m), done()), failed);
    else this.#library.far(person.look).then((m) => ((person.far = m), done()), failed);
  }

  /** Their own body, once it is here and while few are; until then, and where it cannot be had, the shipped one. */
  #dress(person: Person): void {
    if (!person.own || !this.#showsOwn || this.#quality === "low" || person.body?.own) return;
    if (person.ownModel) {
      if (this.ownShown >= OWN_AT_ONCE) return;
      this.#dropBody(person);
      this.#far.remove(person.row, person.look.id);
      this.#show(person, new Body(person.look, person.ownModel, this.#probe, person.slot));
    } else if (!person.ownTaken) {
      person.ownTaken = true;
      this.#own.take(person.own).then(
        (model) => {
          if (!person.ownTaken) return;
          person.ownModel = model;
          this.#sorted_s = Infinity;
        },
        // It stays taken, so that a broken body is asked for once.
        () => undefined,
      );
    }
  }

  #giveBack(person: Person): void {
    if (!person.ownTaken || !person.own) return;
    this.#own.release(person.own);
    person.ownTaken = false;
    person.ownModel = null;
  }

  #show(person: Person, body: Body): void {
    body.heading.reset();
    person.body = body;
    this.#nearTriangles += body.triangles;
    this.root.add(body.root);
  }

  #takeBody(person: Person, model: NearModel): void {
    this.#far.remove(person.row, person.look.id);
    const body = this.#spare.get(person.look.id)?.pop() ?? new Body(person.look, model, this.#probe, person.slot);
    body.palette.set(this.#paletteData.subarray(person.row * PALETTE.bytes, (person.row + 1) * PALETTE.bytes));
    body.repaint();
    this.#show(person, body);
  }

  #dropBody(person: Person): void {
    const { body } = person;
    if (!body) return;
    person.body = null;
    this.#nearTriangles -= body.triangles;
    body.root.removeFromParent();
    if (body.own) return body.dispose();
    const spare = this.#spare.get(person.look.id) ?? [];
    if (spare.length < 2) {
      spare.push(body);
      this.#spare.set(person.look.id, spare);
    } else body.dispose();
  }

  dispose(): void {
    this.#gone = true;
    for (const slot of [...this.#people.keys()]) this.remove(slot);
    for (const bodies of this.#spare.values()) for (const body of bodies) body.dispose();
    this.#spare.clear();
    this.#far.dispose();
    this.#impostors.dispose();
    this.#shadows.dispose();
    this.#palette.dispose();
    this.root.removeFromParent();
  }
}
