/** A bare viewer for built halls, for pictures and measurements: /?quality=high|low. Books come from the tables beside the hall. */
import {
  ACESFilmicToneMapping,
  AgXToneMapping,
  Color,
  NeutralToneMapping,
  PerspectiveCamera,
  Scene,
  Vector3,
  WebGLRenderer,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { HallLight, type HallQuality, type HallSettings } from "../src/world/hall_light";
import { HallLod } from "../src/world/hall_lod";
import type { BufferGeometry, MeshStandardMaterial } from "three";
import { takeStock } from "../src/world/books/columns";
import { BookReading } from "../src/world/books/reading";
import { Shelves } from "../src/world/books/shelves";
import { SpineTitles } from "../src/world/books/spine_titles";
import { readBooksTable, Titles } from "../src/world/books/table";
import { VIEWS } from "./hall_views";

const TONES = { aces: ACESFilmicToneMapping, agx: AgXToneMapping, neutral: NeutralToneMapping };
const query = new URLSearchParams(location.search);
const quality: HallQuality = query.get("quality") === "low" ? "low" : "high";
const renderer = new WebGLRenderer({ antialias: quality === "high", preserveDrawingBuffer: true });
document.body.append(renderer.domElement);

const file = await new GLTFLoader().loadAsync("great_hall.glb");
const settings = file.scene.userData["carrel"] as HallSettings;
const light = new HallLight(settings, quality);
for (const part of file.scenes) light.takeOver(part);
const lod = new HallLod(file.scenes, settings, quality);
const scene = new Scene();
scene.background = new Color(0.02, 0.016, 0.012);
scene.add(lod.root);
renderer.toneMapping = TONES[(query.get("tone") as keyof typeof TONES | null) ?? settings.tone];
renderer.toneMappingExposure = Number(query.get("exposure") ?? settings.exposure);
lod.update(new Vector3(...settings.probe));
light.reflect(renderer, scene);
scene.fog = light.fog();
const camera = new PerspectiveCamera(60, 1, 0.05, 120);
const [shelves, reading] = await shelve();

async function shelve(): Promise<[Shelves | null, BookReading | null]> {
  const tables = await fetch("great_hall.books.bin");
  const { near, far } = lod.shapes;
  if (!tables.ok || !near || !far || !settings.shelf_light) return [null, null];
  const boxes = near.material as MeshStandardMaterial;
  const atlas = light.atlasOf(boxes)!;
  const designs = atlas.designs ?? [];
  const table = readBooksTable(await tables.arrayBuffer());
  const titles = new Titles(await (await fetch("great_hall.titles.bin")).arrayBuffer());
  const stock = takeStock(table, settings.shelf_light, designs.length);
  const painter = new SpineTitles(boxes.map!.image as ImageBitmap, atlas.columns, designs, quality);
  const whole = light.titled(boxes, painter.texture, painter.cells);
  const shapes = { near: near.geometry as BufferGeometry, far: far.geometry as BufferGeometry };
  const made = new Shelves(stock, { ...shapes, whole, boxes, designs, light: settings.shelf_light }, quality, (mesh) =>
    light.takeOver(mesh),
  );
  lod.root.add(made.root);
  const reader = { feet: new Vector3(), chose: () => undefined };
  return [made, new BookReading(stock, made, painter, () => Promise.resolve(titles), reader)];
}

const isSimple = (bay: number): boolean => lod.isFar(zones[bay] ?? 0);
const zones = shelves?.zones ?? [];

async function showBooks(): Promise<void> {
  shelves?.again();
  shelves?.update(camera.position, camera, false, isSimple);
  for (let k = 0; k < 200 && reading; k++) {
    reading.update(k < 2 ? 1 : 0, camera.position, camera, renderer);
    await Promise.resolve();
  }
}

async function shoot(name: string): Promise<object> {
  const view = VIEWS[name];
  if (!view) throw new Error(`no view ${name}`);
  camera.position.fromArray(view.at);
  camera.fov = view.fov;
  camera.aspect = innerWidth / innerHeight;
  camera.lookAt(...view.to);
  camera.updateProjectionMatrix();
  renderer.setSize(innerWidth, innerHeight);
  camera.updateMatrixWorld();
  lod.update(camera.position);
  await showBooks();
  renderer.render(scene, camera);
  const { calls, triangles } = renderer.info.render;
  const pixel = new Uint8Array(4);
  const gl = renderer.getContext();
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  const start = performance.now();
  for (let k = 0; k < 3; k += 1) {
    renderer.render(scene, camera);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  }
  return { view: name, draws: calls, triangles, frame_ms: Math.round((performance.now() - start) / 3) };
}

Object.assign(window, { hall: { shoot, views: Object.keys(VIEWS) } });
document.title = "ready";
