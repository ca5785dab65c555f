/** A loaded hall: what is drawn, what is stood on, its light. */
import { Color, FogExp2, HemisphereLight, type Object3D, Vector3 } from "three";
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

  async loadModel(url: string, progress: Progress): Promise<void> {
    const { renderer, scene, quality } = this.#stage;
    if (!renderer) return;
    const bytes = await download(url, (done, total) => progress("hall.loading.walls", done, total));
    progress("hall.loading.light", 0, 1);
    const gltf = await parse(bytes);
    const settings = gltf.scene.userData["carrel"] as HallSettings | undefined;
    if (!settings?.switch_m) return this.#plain(gltf.scenes);
    this.#light = new HallLight(settings, quality);
    for (const part of gltf.scenes) this.#light.takeOver(part);
    this.#lod = new HallLod(gltf.scenes, settings, quality);
    this.probes = new HallProbes(settings.probes);
    scene.add(this.#lod.root);
    scene.fog = this.#light.fog();
    renderer.toneMappingExposure = settings.exposure;
    this.update(this.#stage.rig.position);
    this.#light.reflect(renderer, scene);
    progress("hall.loading.light", 1, 1);
  }

  /** A room without baked light: even, warm light from above. */
  #plain(scenes: readonly Object3D[]): void {
    const { scene } = this.#stage;
    scene.add(...scenes, new HemisphereLight(new Color(1, 0.94, 0.84), new Color(0.35, 0.28, 0.2), 2.6));
    scene.fog = new FogExp2(0x2a2118, 0.006);
  }

  /** `eye` in room metres. */
  update(eye: Vector3): void {
    this.#lod?.update(eye);
  }

  dispose(): void {
    this.#lod?.dispose();
    this.#lod?.root.removeFromParent();
    this.#light?.dispose();
  }
}

async function parse(bytes: ArrayBuffer): Promise<{ scene: Object3D; scenes: Object3D[] }> {
  try {
    return await new GLTFLoader().parseAsync(bytes, "");
  } catch (error) {
    throw refusal("load_failed", String(error));
  }
}
