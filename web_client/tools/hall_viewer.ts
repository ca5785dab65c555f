/** A bare viewer for built halls, for pictures and measurements: /?hall=great_hall.glb&quality=high|low */
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
import { VIEWS } from "./hall_views";

const TONES = { aces: ACESFilmicToneMapping, agx: AgXToneMapping, neutral: NeutralToneMapping };
const query = new URLSearchParams(location.search);
const quality: HallQuality = query.get("quality") === "low" ? "low" : "high";
const renderer = new WebGLRenderer({ antialias: quality === "high", preserveDrawingBuffer: true });
document.body.append(renderer.domElement);

const file = await new GLTFLoader().loadAsync(query.get("hall") ?? "great_hall.glb");
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

function shoot(name: string): object {
  const view = VIEWS[name];
  if (!view) throw new Error(`no view ${name}`);
  camera.position.fromArray(view.at);
  camera.fov = view.fov;
  camera.aspect = innerWidth / innerHeight;
  camera.lookAt(...view.to);
  camera.updateProjectionMatrix();
  renderer.setSize(innerWidth, innerHeight);
  lod.update(camera.position);
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
