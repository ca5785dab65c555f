/** A room on its way: its document, what is drawn and what is stood on. May begin before anybody has entered. */
import { Hall, type Progress } from "./hall";
import { bareScene, loadScene, type SceneDocument, type Triple } from "./scene_document";
import type { Stage } from "./stage";

/** What a room is made of: a scene document, or bounds alone when it has none. */
export interface SceneSource {
  url: string | null;
  bounds_min: Triple;
  bounds_max: Triple;
}

export interface LoadedRoom {
  document: SceneDocument;
  hall: Hall;
}

export class HallLoading {
  readonly source: SceneSource;
  readonly ready: Promise<LoadedRoom>;
  /** The last of each step, for who begins to listen late. */
  readonly #steps = new Map<string, { done: number; total: number }>();
  #told: Progress | null = null;

  constructor(stage: Stage, source: SceneSource) {
    this.source = source;
    this.ready = this.#load(stage);
    // Whoever waits hears of a failure; when nobody does, nothing is lost yet.
    this.ready.catch(() => undefined);
  }

  /** Tells all that was told so far, and goes on. */
  listen(progress: Progress): void {
    this.#told = progress;
    for (const [key, { done, total }] of this.#steps) progress(key, done, total);
  }

  async #load(stage: Stage): Promise<LoadedRoom> {
    const { url, bounds_min, bounds_max } = this.source;
    const document = url ? await loadScene(url) : bareScene(bounds_min, bounds_max);
    const hall = new Hall(stage, document);
    const progress: Progress = (key, done, total) => {
      this.#steps.set(key, { done, total });
      this.#told?.(key, done, total);
    };
    await Promise.all([
      document.books && hall.loadBooks(document.books, progress),
      document.collider && hall.loadCollider(document.collider, progress),
      document.model && hall.loadModel(document.model, progress, () => this.#told !== null),
    ]);
    return { document, hall };
  }
}
