/** A loaded hall: what is drawn, what is stood on, its light. */
import {
  type BufferGeometry,
  Color,
  FogExp2,
  Group,
  HemisphereLight,
  type Mesh,
  type MeshStandardMaterial,
  type Object3D,
  Vector3,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { refusal } from "../net/requests";
import { type Stock, takeStock } from "./books/columns";
import { BookReading, type Reader } from "./books/reading";
import { Shelves } from "./books/shelves";
import { SpineTitles } from "./books/spine_titles";
import { type BooksTable, readBooksTable, Titles } from "./books/table";
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
  #table: Promise<BooksTable> | null = null;
  #stock: Stock | null = null;
  #shelves: Shelves | null = null;
  #titles: SpineTitles | null = null;
  #reading: BookReading | null = null;
  #lod_version = -1;
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

  /** Begins to fetch what stands on the shelves. */
  async loadBooks(url: string, progress: Progress): Promise<void> {
    this.#table = download(url, (done, total) => progress("hall.loading.books", done, total)).then(readBooksTable);
    const table = await this.#table;
    if (!this.#stage.renderer) this.#stock = takeStock(table, null, 1);
  }

  /** Books that somebody stands before can be read from now on; `titles` is the address of what is written on them. */
  read(titles: string, reader: Reader): BookReading | null {
    if (!this.#stock) return null;
    const fetched = async (): Promise<Titles> => new Titles(await download(titles, () => undefined));
    return (this.#reading = new BookReading(this.#stock, this.#shelves, this.#titles, fetched, reader));
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
    const table = await this.#table;
    if (table) this.#shelve(table, settings);
    scene.add(this.#lod.root);
    scene.fog = this.#light.fog();
    renderer!.toneMappingExposure = settings.exposure;
    this.update(rig.position, 0);
  }

  #shelve(table: BooksTable, { shelf_light }: HallSettings): void {
    const { near, far } = this.#lod?.shapes ?? {};
    const light = this.#light;
    if (!near || !far || !light || !shelf_light) return;
    const { quality } = this.#stage;
    const boxes = near.material as MeshStandardMaterial;
    const atlas = light.atlasOf(boxes);
    const fields = atlas?.designs ?? [];
    if (!atlas || !boxes.map) return;
    this.#stock = takeStock(table, shelf_light, fields.length);
    this.#titles = new SpineTitles(boxes.map.image as ImageBitmap, atlas.columns, fields, quality);
    const whole = light.titled(boxes, this.#titles.texture, this.#titles.cells);
    const [a, b] = [near.geometry as BufferGeometry, far.geometry as BufferGeometry];
    const parts = { near: a, far: b, whole, boxes, designs: fields, light: shelf_light };
    this.#shelves = new Shelves(this.#stock, parts, quality, (mesh: Mesh) => light.takeOver(mesh));
    this.#lod?.root.add(this.#shelves.root);
  }

  /** A room without baked light: even, warm light from above. */
  #plain(scenes: readonly Object3D[]): void {
    const { scene } = this.#stage;
    this.#loose.add(...scenes, new HemisphereLight(new Color(1, 0.94, 0.84), new Color(0.35, 0.28, 0.2), 2.6));
    scene.add(this.#loose);
    scene.fog = new FogExp2(0x2a2118, 0.006);
  }

  /** `eye` in room metres. True when other books are near than before. */
  update(eye: Vector3, dt: number): boolean {
    const { camera, presenting, renderer } = this.#stage;
    const lod = this.#lod;
    lod?.update(eye);
    if (lod && lod.version !== this.#lod_version) {
      this.#lod_version = lod.version;
      this.#shelves?.again();
    }
    this.#shelves?.update(eye, camera, presenting, this.#isSimple);
    return this.#reading?.update(dt, eye, camera, renderer) ?? false;
  }

  /** How many spines near by have their titles. */
  get titles(): { painted: number; near: number } {
    return this.#reading?.progress ?? { painted: 0, near: 0 };
  }

  readonly #isSimple = (bay: number): boolean => this.#lod?.isFar(this.#stock!.table.bays[bay]!.zone) ?? false;

  #clear(): void {
    this.#shelves?.dispose();
    this.#titles?.dispose();
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
