/** A loaded hall: what is drawn, what is stood on, its light. */
import { Color, FogExp2, Group, HemisphereLight, type Object3D, Vector3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { refusal } from "../net/requests";
import { type Ground, groundOf, PlainGround } from "./collider";
import { download } from "./download";
import { HallLight, HallProbes, type HallSettings } from "./hall_light";
import { HallLod } from "./hall_lod";
import type { SceneDocument } from "./scene_document";
import type { Stage } from "./stage";

export type Progress = (key: string, done: number, total: number) => void;

export class Hall {
  ground: Ground;
  probes: HallProbes | null = null;
  #light: HallLight | null = null;
  #lod: HallLod | null = null;
  readonly #loose = new Group();
  readonly #stage: Stage;

  constructor(stage: Stage, document: SceneDocument) {
    this.#stage = stage;
    this.ground = new PlainGround(new Vector3(...document.bounds.min), new Vector3(...document.bounds.max));
  }

  /** Walls to walk along: small, and needed even by a page that draws nothing. */
  async loadCollider(url: string, progress: Progress): Promise<void> {
    const bytes = await download(url, (done, total) => progress("hall.loading.floor", done, total));
    const { scene } = await parse(bytes);
    this.ground = groundOf(scene) ?? this.ground;
  }

  /** `hurried` tells whether somebody waits: then the first frame is theirs. */
  async loadModel(url: string, progress: Progress, hurried: () => boolean): Promise<void> {
    const stage = this.#stage;
    const { renderer, scene } = stage;
    if (!renderer) return;
    const bytes = await download(url, (done, total) => progress("hall.loading.walls", done, total));
    progress("hall.loading.light", 0, 1);
    await this.#build(bytes);
    if (await stage.lowered()) {
      this.#clear();
      await this.#build(bytes);
    }
    this.#light?.reflect(renderer, scene);
    // Where a processor draws, an early frame would only hold up who types at the entrance.
    if (stage.quality === "high" && !hurried()) await stage.warm();
    progress("hall.loading.light", 1, 1);
  }

  /** Materials and levels for the stage's quality. */
  async #build(bytes: ArrayBuffer): Promise<void> {
    const { scene, quality, renderer, rig } = this.#stage;
    const gltf = await parse(bytes);
    const settings = gltf.scene.userData["carrel"] as HallSettings | undefined;
    if (!settings?.switch_m) return this.#plain(gltf.scenes);
    this.#light = new HallLight(settings, quality);
    for (const part of gltf.scenes) this.#light.takeOver(part);
    this.#lod = new HallLod(gltf.scenes, settings, quality);
    this.probes = new HallProbes(settings.probes);
    scene.add(this.#lod.root);
    scene.fog = this.#light.fog();
    renderer!.toneMappingExposure = settings.exposure;
    this.update(rig.position);
  }

  /** A room without baked light: even, warm light from above. */
  #plain(scenes: readonly Object3D[]): void {
    const { scene } = this.#stage;
    this.#loose.add(...scenes, new HemisphereLight(new Color(1, 0.94, 0.84), new Color(0.35, 0.28, 0.2), 2.6));
    scene.add(this.#loose);
    scene.fog = new FogExp2(0x2a2118, 0.006);
  }

  /** `eye` in room metres. */
  update(eye: Vector3): void {
    this.#lod?.update(eye);
  }

  #clear(): void {
    this.#lod?.root.removeFromParent();
    this.#lod?.dispose();
    this.#light?.dispose();
    this.#loose.removeFromParent();
    this.#loose.clear();
  }

  dispose(): void {
    this.#clear();
  }
}

async function parse(bytes: ArrayBuffer): Promise<{ scene: Object3D; scenes: Object3D[] }> {
  try {
    return await new GLTFLoader().parseAsync(bytes, "");
  } catch (error) {
    throw refusal("load_failed", String(error));
  }
}
