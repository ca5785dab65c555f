/** Everything that people have placed in the room: the replica of it, how it is shown, and what one can do with it. */
import { type Quaternion, Vector3 } from "three";
import type { HallState } from "../../hall/state";
import type { Drag } from "../../net/drag";
import { sendJson } from "../../net/http";
import type { Arranged, Grabbed, Operated, Released, Welcome } from "../../net/protocol.gen";
import type { Ground } from "../collider";
import { SEAT_METRES } from "../furnishing";
import type { SceneSeat } from "../scene_document";
import type { Stage } from "../stage";
import type { Targets } from "../targets";
import { worldWords } from "../words";
import { Arrangement } from "./arrangement";
import { Drags } from "./drags";
import { extentOf, Library, type LibraryItem } from "./library";
import type { LightProbe } from "./lighting";
import { PanoramaView } from "./panorama_view";
import { loadTexture } from "./pictures";
import { PlacedGround } from "./placed_ground";
import { PlacedLayers } from "./placed_layers";
import { Sounds } from "./sounds";
import type { Thing } from "./thing";
import { Things } from "./things";
import { pictureUrl, soundUrl, Works } from "./works";

const PANORAMA_PIXELS = 4096;
const LEAST_RADIUS_M = 0.25;
/** The library is asked for the names of works as near as this; looked for this often. */
const NAMED_M = 12;
const NAMES_S = 0.5;
const MOST_NAME = 40;

export interface PlacedDeeds {
  readonly feet: Vector3;
  sit(seat: SceneSeat): void;
  approach(at: Vector3): void;
  notice(code: string): void;
}

export class Placed {
  readonly things = new Things();
  readonly drags = new Drags(this.things);
  readonly works = new Works();
  readonly library: Library;
  readonly arrangement: Arrangement;
  /** While true the things shown are those of an earlier state; what happens now waits behind it. */
  #past = false;
  readonly #state: HallState;
  readonly #targets: Targets;
  readonly #deeds: PlacedDeeds;
  readonly #sounds: Sounds;
  readonly #names = new Map<string, string>();
  readonly #asked = new Set<string>();
  #named_s = 0;
  readonly #seats = new Map<string, SceneSeat[]>();
  #layers: PlacedLayers | null = null;
  #stage: Stage | null = null;
  #panorama: PanoramaView | null = null;
  /** Called when what is here has changed. */
  changed: () => void = () => undefined;

  constructor(state: HallState, targets: Targets, deeds: PlacedDeeds) {
    this.#state = state;
    this.#targets = targets;
    this.#deeds = deeds;
    this.#sounds = new Sounds(() => this.#retarget());
    this.library = new Library((items) => this.#furnished(items));
    this.arrangement = new Arrangement(
      {
        put: (placement) => {
          if (!this.#past) this.things.put(placement);
        },
        gone: (id) => {
          if (!this.#past) this.things.remove(id);
        },
        reset: (placed) => {
          if (!this.#past) this.things.reset(placed);
        },
      },
      (url) => sendJson<Arranged>(url),
    );
    this.things.listen({
      came: (thing) => this.#came(thing),
      changed: (thing) => this.#came(thing),
      moved: (thing) => this.#sat(thing),
      went: (thing) => this.#went(thing),
    });
  }

  welcomed({ space, resumed, held, participant }: Welcome): void {
    this.drags.own = participant;
    if (!resumed) this.drags.reset(held ?? []);
    void this.arrangement.open(space.arrangement_url, resumed);
  }

  event(event: Operated | Grabbed | Released): void {
    if (event.type === "operated") this.arrangement.operated(event);
    else if (event.type === "grabbed") this.drags.grabbed(event);
    else this.drags.released(event.entity);
    this.changed();
  }

  drag(drag: Drag, room_ms: number): void {
    this.drags.drag(drag, room_ms);
  }

  /** Shows an earlier state to this person alone, or with null the present again. */
  show(past: Arranged["placed"] | null): void {
    this.#past = past !== null;
    this.things.reset(past ?? this.arrangement.placed.values());
    this.changed();
  }

  get isPast(): boolean {
    return this.#past;
  }

  /** Draws them from now on, lit by `probe`. */
  draw(stage: Stage, probe: LightProbe): void {
    if (!stage.renderer) return;
    this.#layers?.dispose();
    this.#stage = stage;
    this.#layers = new PlacedLayers(stage.scene, this.things, this.works, stage.quality, probe, (thing) =>
      this.#card(thing),
    );
    this.#layers.relight();
  }

  /** The hall's ground with the things on it. */
  ground(base: Ground): Ground {
    return new PlacedGround(base, this.things);
  }

  /** What a person calls it. */
  name(thing: Thing): string {
    const { language } = this.#state.settings.value;
    const { caption, media, model } = thing.entity;
    if (caption) return shortened(caption.text);
    const item = this.library.at(model?.url);
    if (item) return item.name[language] ?? item.name["en"] ?? item.id;
    const work = media?.work ?? workOf(model?.url);
    return (work && this.#names.get(work)) || worldWords(language).things[thing.kind];
  }

  update(dt: number, head: Vector3, rotation: Quaternion, now_ms: number, room_ms: number): void {
    if (!this.#past) this.drags.update(room_ms);
    this.things.update(dt);
    this.#learnNear(dt, head);
    this.#layers?.update(dt, head, now_ms);
    this.#sounds.update(head, rotation);
    this.#panorama?.update(head);
  }

  #card(thing: Thing): string | null {
    if (this.#layers?.failed(thing)) return worldWords(this.#state.settings.value.language).broken(this.name(thing));
    if (thing.kind === "audio") return `${this.#sounds.playing === thing.id ? "■" : "▶"} ${this.name(thing)}`;
    const bare = this.#layers?.unpictured(thing) || this.#layers?.isBeyond(thing);
    return thing.entity.caption?.text ?? (bare ? this.name(thing) : null);
  }

  #furnished(items: readonly LibraryItem[]): void {
    for (const item of items) this.things.extend(item.url, extentOf(item));
    for (const thing of this.things.all.values()) this.#came(thing);
    this.changed();
  }

  #came(thing: Thing): void {
    const { model } = thing.entity;
    // Names, sizes and seats of shipped furniture stand in its library.
    if (model && !workOf(model.url)) void this.library.read().catch(() => undefined);
    this.#target(thing);
    this.#sat(thing);
    this.changed();
  }

  /** Asks the library what the thing's work is called, once; for those that somebody is near to or reads of. */
  learn({ id, entity: { media, model, caption } }: Thing): void {
    const work = media?.work ?? workOf(model?.url);
    if (!work || caption || this.#asked.has(work)) return;
    this.#asked.add(work);
    void this.works.get(work).then((known) => {
      if (!known?.name) return;
      this.#names.set(work, known.name);
      // Its name stands in lists that only look when a target is put.
      const here = this.things.all.get(id);
      if (here) this.#target(here);
      this.#layers?.reword();
      this.changed();
    });
  }

  #learnNear(dt: number, head: Vector3): void {
    this.#named_s += dt;
    if (this.#named_s < NAMES_S) return;
    this.#named_s = 0;
    for (const thing of this.things.all.values()) if (thing.position.distanceTo(head) < NAMED_M) this.learn(thing);
  }

  #went(thing: Thing): void {
    this.#targets.remove(`thing:${thing.id}`);
    for (const { id } of this.#seats.get(thing.id) ?? []) this.#targets.remove(`seat:${id}`);
    this.#seats.delete(thing.id);
    if (this.#sounds.playing === thing.id) this.#sounds.stop();
    this.changed();
  }

  #retarget(): void {
    this.#layers?.reword();
    for (const thing of this.things.all.values()) if (thing.kind === "audio") this.#target(thing);
  }

  /** Works can be gone to, played and stepped into; furniture is only sat on. */
  #target(thing: Thing): void {
    if (!thing.entity.media) return;
    const id = `thing:${thing.id}`;
    const words = (): ReturnType<typeof worldWords> => worldWords(this.#state.settings.value.language);
    const at = thing.centre(new Vector3());
    this.#targets.put({
      id,
      role: "exhibit",
      label: () => {
        const name = this.name(thing);
        if (thing.kind === "audio") return this.#sounds.playing === thing.id ? words().stop(name) : words().play(name);
        return thing.kind === "panorama" ? words().stepIn(name) : name;
      },
      act: () => this.#act(thing),
      distance: () => thing.position.distanceTo(this.#deeds.feet),
      at,
      radius_metres: Math.max(LEAST_RADIUS_M, 0.45 * thing.scale * Math.min(thing.size.x, thing.size.y)),
    });
  }

  #act(thing: Thing): void {
    if (thing.kind === "audio") {
      if (this.#sounds.playing === thing.id) this.#sounds.stop();
      else void this.#play(thing).catch(() => this.#deeds.notice("sound_failed"));
    } else if (thing.kind === "panorama") void this.#stepIn(thing).catch(() => this.#deeds.notice("picture_failed"));
    else this.#deeds.approach(thing.position);
  }

  async #play(thing: Thing): Promise<void> {
    const work = await this.works.get(thing.entity.media!.work);
    const url = work && soundUrl(work);
    if (!url) throw new Error("no sound");
    await this.#sounds.play(thing, url);
  }

  /** Whether one stands inside a panorama. */
  get inside(): boolean {
    return this.#panorama !== null;
  }

  async #stepIn(thing: Thing): Promise<void> {
    if (!this.#stage) return;
    const work = await this.works.get(thing.entity.media!.work);
    const texture = await loadTexture(work && pictureUrl(work, 1, PANORAMA_PIXELS), PANORAMA_PIXELS);
    this.stepOut();
    this.#panorama = new PanoramaView(this.#stage.scene, texture, this.#state.where.value.heading);
    this.#deeds.notice("inside_panorama");
  }

  stepOut(): void {
    this.#panorama?.dispose();
    this.#panorama = null;
  }

  /** Keeps target and seats where the thing is. */
  #sat(thing: Thing): void {
    const target = this.#targets.get(`thing:${thing.id}`);
    if (target) thing.centre(target.at);
    if (this.#sounds.playing === thing.id) this.#sounds.move(thing);
    const seats = this.library.at(thing.entity.model?.url)?.seats ?? [];
    const known = this.#seats.get(thing.id);
    const places = seats.map(({ position, heading_degrees }, i): SceneSeat => {
      seat.fromArray(position).multiplyScalar(thing.scale).applyQuaternion(thing.rotation).add(thing.position);
      const turned = 2 * Math.atan2(thing.rotation.y, thing.rotation.w);
      return {
        id: `${thing.id}.${i}`,
        position: seat.toArray(),
        heading: (heading_degrees * Math.PI) / 180 + turned,
        name: this.library.at(thing.entity.model?.url)?.name ?? null,
      };
    });
    if (!places.length) return;
    this.#seats.set(thing.id, places);
    places.forEach((place, i) => {
      const before = known && this.#targets.get(`seat:${place.id}`);
      if (before) {
        before.at.fromArray(place.position).y += 0.1;
        return;
      }
      const at = new Vector3(...place.position);
      at.y += 0.1;
      this.#targets.put({
        id: `seat:${place.id}`,
        role: "seat",
        label: () => this.name(thing),
        act: () => this.#deeds.sit(this.#seats.get(thing.id)![i]!),
        distance: () => at.distanceTo(this.#deeds.feet),
        at,
        radius_metres: SEAT_METRES * 0.8,
      });
    });
  }

  dispose(): void {
    this.stepOut();
    this.#layers?.dispose();
    this.#sounds.dispose();
  }
}

const seat = new Vector3();

/** A long caption names a thing by its beginning. */
function shortened(words: string): string {
  const letters = [...words];
  return letters.length > MOST_NAME ? `${letters.slice(0, MOST_NAME - 1).join("")}…` : words;
}

/** The work that a rendition's address belongs to. */
function workOf(url: string | undefined): string | null {
  return url?.match(/^\/api\/works\/([0-9a-f]{64})\//)?.[1] ?? null;
}
