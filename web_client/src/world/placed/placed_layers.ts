/** Draws the placed things: what is near in full, what is beyond the budget as boxes. Plans anew when things or place have changed. */
import { Group, type Scene, type Vector3 } from "three";
import type { Quality } from "../stage";
import { Blobs } from "./blobs";
import { Boxes, type Tint } from "./boxes";
import { type LightProbe, relight } from "./lighting";
import { ModelBatch } from "./model_batch";
import { Models } from "./models";
import { Budget, MODEL_MOST, onceMore, ROOM_MOST } from "./budget";
import { MOST_PICTURES, PICTURE_FAR_M, Pictures } from "./pictures";
import { type CardOf, PLAQUE_FAR_M, Plaques } from "./plaques";
import type { Thing } from "./thing";
import type { Things, ThingsListener } from "./things";
import type { Works } from "./works";

/** No model is drawn in full from farther away. */
const MODEL_FAR_M = { high: 60, low: 35 } as const;
/** Different models that are drawn in full, the nearest first: each costs draws and textures of its own. */
const MOST_MODELS = { high: 80, low: 30 } as const;
/** Models kept beyond those, for who comes back to where they were, and how much of what may be shown all of them may hold together. */
const KEPT_MODELS = 20;
const KEPT_PIXELS = 1.25;
const PLAN_S = 0.4;
const PLAN_M = 1;
const MOST_BLOBS = 2000;

export class PlacedLayers implements ThingsListener {
  readonly #things: Things;
  readonly #probe: LightProbe;
  readonly #quality: Quality;
  readonly #card: CardOf;
  readonly #root = new Group();
  readonly #models: Models;
  readonly #batches = new Map<string, ModelBatch>();
  readonly #boxes: Boxes;
  readonly #pictures: Pictures;
  readonly #plaques: Plaques;
  readonly #blobs: Blobs;
  /** Near things that are boxes because others use up what may be shown. */
  readonly #beyond = new Set<Thing>();
  /** What the last plan left for models that it did not know yet. */
  #left: Budget;
  #planned_at: Vector3 | null = null;
  #since_s = 0;
  #stale = true;

  constructor(scene: Scene, things: Things, works: Works, quality: Quality, probe: LightProbe, card: CardOf) {
    this.#things = things;
    this.#probe = probe;
    this.#quality = quality;
    this.#card = card;
    this.#left = new Budget(ROOM_MOST[quality]);
    this.#models = new Models(MODEL_MOST[quality], (url, model) => {
      if (model) things.extend(url, model.extent);
      this.#stale = true;
    });
    this.#boxes = new Boxes(this.#root, quality);
    this.#pictures = new Pictures(this.#root, works, quality, () => (this.#stale = true));
    this.#plaques = new Plaques(this.#root);
    this.#blobs = new Blobs(this.#root, MOST_BLOBS);
    scene.add(this.#root);
    things.listen(this);
  }

  came(): void {
    this.#stale = true;
  }

  changed(): void {
    this.#stale = true;
  }

  went(): void {
    this.#stale = true;
  }

  moved(thing: Thing): void {
    relight(thing, this.#probe);
    const url = thing.entity.model?.url;
    if (url) this.#batches.get(url)?.move(thing);
    this.#boxes.move(thing);
    this.#pictures.move(thing);
    this.#blobs.move(thing);
  }

  /** True when the thing's file could not be had, or is more than this device can show. */
  failed(thing: Thing): boolean {
    const url = thing.entity.model?.url;
    const state = url && this.#models.get(url);
    return url ? state === "failed" || state === "heavy" : thing.entity.media ? this.#pictures.failed(thing) : false;
  }

  /** True when there is no picture of the work, as of a book without a cover. */
  unpictured(thing: Thing): boolean {
    return thing.kind !== "audio" && thing.entity.media != null && this.#pictures.none(thing);
  }

  /** It is near, and a box all the same: too much else is nearer. */
  isBeyond(thing: Thing): boolean {
    return this.#beyond.has(thing);
  }

  /** The hall's light is here or another: everything is lit anew. */
  relight(): void {
    for (const thing of this.#things.all.values()) thing.lit_at.x = Infinity;
    this.#stale = true;
  }

  /** Words on the cards are others. */
  reword(): void {
    this.#stale = true;
  }

  update(dt: number, eye: Vector3, now_ms: number): void {
    this.#since_s += dt;
    const went = !this.#planned_at || this.#planned_at.distanceTo(eye) > PLAN_M;
    if (this.#since_s > PLAN_S && (this.#stale || went)) {
      this.#since_s = 0;
      this.#stale = false;
      this.#planned_at = (this.#planned_at ?? eye.clone()).copy(eye);
      this.#plan(eye, now_ms);
    }
    this.#plaques.update(eye);
  }

  #plan(eye: Vector3, now_ms: number): void {
    const sorted = [...this.#things.all.values()]
      .map((thing) => ({ thing, far: Math.max(0, thing.position.distanceTo(eye) - thing.radius_m) }))
      .sort((a, b) => a.far - b.far);
    const models = new Map<string, Thing[]>();
    const chosen = new Set<string>();
    const boxes: [Thing, Tint][] = [];
    const pictures: Thing[] = [];
    const cards: Thing[] = [];
    const standing: Thing[] = [];
    this.#beyond.clear();
    const budget = (this.#left = new Budget(ROOM_MOST[this.#quality]));
    for (const { thing, far } of sorted) {
      relight(thing, this.#probe);
      if (!thing.hangs) standing.push(thing);
      if (far < PLAQUE_FAR_M && this.#card(thing)) cards.push(thing);
      const url = thing.entity.model?.url;
      if (!url) {
        if (thing.kind === "audio" || thing.kind === "plaque") boxes.push([thing, thing.kind]);
        else {
          const near = far < PICTURE_FAR_M && pictures.length < MOST_PICTURES[this.#quality];
          if (near) pictures.push(thing);
          if (thing.kind !== "panorama" || !near) boxes.push([thing, this.#backing(thing)]);
        }
        continue;
      }
      const state = this.#models.get(url);
      const cost = this.#models.cost(url);
      const admitted = chosen.has(url) || chosen.size < MOST_MODELS[this.#quality];
      const within = admitted && state !== "heavy" && far < MODEL_FAR_M[this.#quality];
      if (!within || (cost && !budget.take(chosen.has(url) ? onceMore(cost) : cost))) {
        boxes.push([thing, state === "failed" ? "failed" : cost ? "far" : "coming"]);
        if (far < PLAQUE_FAR_M && state !== "failed" && state !== "heavy") {
          this.#beyond.add(thing);
          if (cards.at(-1) !== thing) cards.push(thing);
        }
        continue;
      }
      if (state !== "failed") chosen.add(url);
      if (typeof state === "object") {
        const group = models.get(url);
        if (group) group.push(thing);
        else models.set(url, [thing]);
        continue;
      }
      boxes.push([thing, state === "failed" ? "failed" : "coming"]);
      this.#models.want(url, now_ms, (one) => this.#left.take(one));
      // Who found no place among the few that are fetched at once asks again.
      if (!this.#models.get(url)) this.#stale = true;
    }
    for (const [url, batch] of this.#batches) if (!models.has(url)) batch.fill([]);
    for (const [url, group] of models) this.#batch(url).fill(group);
    this.#forget(models);
    this.#boxes.fill(boxes);
    this.#pictures.fill(pictures);
    this.#plaques.fill(cards, this.#card);
    this.#blobs.fill(standing);
  }

  /** The board behind a picture, or what stands in for one. */
  #backing(thing: Thing): Tint {
    if (this.#pictures.failed(thing)) return "failed";
    return this.#pictures.none(thing) ? "plaque" : "frame";
  }

  #batch(url: string): ModelBatch {
    let batch = this.#batches.get(url);
    if (!batch) {
      const model = this.#models.get(url);
      if (typeof model !== "object") throw new Error(`${url} is not here`);
      this.#batches.set(url, (batch = new ModelBatch(this.#root, model, this.#quality)));
    }
    return batch;
  }

  /** Gives back what was not shown for longest, whether or not it ever was. */
  #forget(shown: ReadonlyMap<string, unknown>): void {
    for (const url of shown.keys()) this.#models.touch(url);
    const here = [...this.#models.here()];
    let pixels = here.reduce((sum, [, cost]) => sum + cost.texture_pixels, 0);
    let count = here.length;
    for (const [url, cost] of here) {
      const few = count <= MOST_MODELS[this.#quality] + KEPT_MODELS;
      if (few && pixels <= KEPT_PIXELS * ROOM_MOST[this.#quality].texture_pixels) return;
      if (shown.has(url)) continue;
      this.#batches.get(url)?.dispose();
      this.#batches.delete(url);
      this.#models.drop(url);
      count--;
      pixels -= cost.texture_pixels;
    }
  }

  dispose(): void {
    this.#root.removeFromParent();
    for (const batch of this.#batches.values()) batch.dispose();
    for (const part of [this.#models, this.#boxes, this.#pictures, this.#plaques, this.#blobs]) part.dispose();
  }
}
