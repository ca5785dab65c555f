/** A page that shows the bodies by themselves: ?view=lineup|portrait|poses|crowd, &who=ada,mei, &quality=low. `document.title` says when it is drawn. */
import {
  AgXToneMapping,
  BoxGeometry,
  Color,
  CylinderGeometry,
  Euler,
  Mesh,
  MeshBasicMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  Quaternion,
  Scene,
  Vector3,
  WebGLRenderer,
} from "three";
import { makePose, POSE, type PoseNumbers } from "../src/net/pose";
import { FLAG } from "../src/net/protocol.gen";
import { Crowd, LookLibrary, NamePlates, type Reaction } from "../src/world/bodies";

const query = new URLSearchParams(location.search);
const view = query.get("view") ?? "lineup";
const quality = query.get("quality") === "low" ? "low" : "high";
const library = await LookLibrary.open("/gltf/avatars/");
const who = query.get("who")?.split(",") ?? library.list.looks.map((l) => l.id);

const renderer = new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setSize(innerWidth, innerHeight);
renderer.toneMapping = AgXToneMapping;
renderer.toneMappingExposure = 1.35;
document.body.prepend(renderer.domElement);
const scene = new Scene();
scene.background = new Color(0x5a4330);
const camera = new PerspectiveCamera(34, innerWidth / innerHeight, 0.05, 80);

const box = (w: number, h: number, d: number, x: number, y: number, z: number, colour: number): void => {
  const mesh = new Mesh(new BoxGeometry(w, h, d), new MeshBasicMaterial({ color: colour }));
  mesh.position.set(x, y, z);
  scene.add(mesh);
};
const floor = new Mesh(new PlaneGeometry(90, 90).rotateX(-Math.PI / 2), new MeshBasicMaterial({ color: 0x7a5136 }));
scene.add(floor);
box(60, 9, 0.2, 0, 4.5, -14, 0x6b4a32);
for (let x = -27; x <= 27; x += 3) box(0.35, 4, 0.3, x, 2, -13.7, 0x3f2819);
for (let y = 0.4; y < 4; y += 0.45) box(58, 0.06, 0.32, 0, y, -13.6, 0x4a301e);

const crowd = new Crowd({ renderer, library, quality });
const plates = new NamePlates();
scene.add(crowd.root, plates.mesh);

const q = new Quaternion();
const poses = new Map<number, { pose: PoseNumbers; flags: number; speed: number }>();

interface Person {
  x: number;
  z: number;
  yaw: number;
  pitch?: number;
  roll?: number;
  y?: number;
  flags?: number;
  speed?: number;
  left?: [number, number, number, Euler];
  right?: [number, number, number, Euler];
}

function put(slot: number, look: string, p: Person, colours: Record<string, string> = {}): void {
  crowd.add(slot, look, colours);
  const pose = makePose();
  pose.set([p.x, p.y ?? 1.6, p.z], POSE.head);
  q.setFromEuler(new Euler(p.pitch ?? 0, p.yaw, p.roll ?? 0, "YXZ"));
  pose.set([q.x, q.y, q.z, q.w], POSE.rotation);
  let flags = p.flags ?? 0;
  const turn = new Quaternion().setFromEuler(new Euler(0, p.yaw, 0));
  for (const [hand, at, bit] of [
    [p.left, POSE.left, FLAG.left],
    [p.right, POSE.right, FLAG.right],
  ] as const) {
    if (!hand) continue;
    flags |= FLAG.hands | bit;
    const v = new Vector3(hand[0], 0, hand[2]).applyQuaternion(turn);
    pose.set([p.x + v.x, hand[1], p.z + v.z], at);
    const hq = turn.clone().multiply(new Quaternion().setFromEuler(hand[3]));
    pose.set([hq.x, hq.y, hq.z, hq.w], at + 3);
  }
  poses.set(slot, { pose, flags, speed: p.speed ?? 0 });
}

function random(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 16807) % 2147483647) / 2147483647;
}

if (view === "lineup") {
  who.forEach((id, i) => {
    const x = (i - (who.length - 1) / 2) * 0.72;
    put(i, id, { x, z: 0.02 * x * x, yaw: Math.PI - 0.05 * x, pitch: 0, roll: 0.03 * ((i % 3) - 1) });
    const look = library.look(id);
    plates.set(i, { name: look.names["en"] ?? id, badge: look.kind === "guide" ? "Guide" : "" });
  });
  camera.position.set(0, 1.5, 0.72 * who.length * 0.86 + 1.2);
  camera.lookAt(0, 1.05, 0);
}
if (view === "portrait") {
  who.forEach((id, i) => {
    const x = (i - (who.length - 1) / 2) * 0.5;
    put(i, id, { x, z: 0, yaw: Math.PI + [0.3, 0, -0.3, 0.15][i % 4]! });
  });
  camera.fov = 17;
  camera.position.set(0, 1.52, 3.3);
  camera.lookAt(0, 1.47, 0);
}
if (view === "poses") {
  const id = who[0] ?? "ada";
  const away = FLAG.away;
  const face = Math.PI;
  const list: Person[] = [
    { x: -2.6, z: 0, yaw: face - 0.7, speed: 1.2 },
    { x: -1.7, z: 0, yaw: face, flags: FLAG.seated },
    {
      x: -0.85,
      z: 0,
      yaw: face,
      left: [-0.2, 2.0, -0.12, new Euler(1.4, 0, 0)],
      right: [0.2, 2.0, -0.12, new Euler(1.4, 0, 0)],
    },
    { x: 0, z: 0, yaw: face, right: [0.62, 1.5, -0.25, new Euler(0, -1.1, 0)] },
    {
      x: 0.85,
      z: 0,
      yaw: face,
      pitch: -0.4,
      left: [-0.14, 1.15, -0.3, new Euler(0.4, -0.4, 1.2)],
      right: [0.14, 1.15, -0.3, new Euler(0.4, 0.4, -1.2)],
    },
    { x: 1.7, z: 0, yaw: face, right: [0.3, 1.62, -0.15, new Euler(1.3, 0, 0)], flags: 0 },
    { x: 2.6, z: 0, yaw: face + 0.4, flags: away },
  ];
  list.forEach((p, i) => {
    put(i, who[i % who.length] ?? id, p);
    plates.set(i, {
      name: ["Walking", "Seated", "Both arms", "Pointing", "Reading", "玛丽·沃森", "Away"][i]!,
      badge: i === 5 ? "馆员" : i === 3 ? "Librarian" : "",
      away: i === 6,
      handRaised: i === 5,
      speaking: i === 3,
    });
  });
  camera.position.set(0, 1.5, 5.6);
  camera.lookAt(0, 1.1, 0);
}
if (view === "crowd") {
  const n = Number(query.get("n") ?? 60);
  const r = random(11);
  const skins = library.list.palettes["skin"] ?? [];
  const tops = library.list.palettes["top"] ?? [];
  for (let i = 0; i < n; i++) {
    const z = 4 - r() * Math.min(16, 4 + n / 4);
    const x = (r() - 0.5) * (7 + (4 - z) * 0.8);
    const colours = {
      skin: skins[Math.floor(r() * skins.length)]?.colour ?? "",
      top: tops[Math.floor(r() * tops.length)]?.colour ?? "",
    };
    put(
      i,
      who[i % who.length] ?? "ada",
      { x, z, yaw: r() * 2 * Math.PI, speed: r() > 0.7 ? 1.1 : 0, flags: i % 17 === 5 ? FLAG.away : 0 },
      colours,
    );
    plates.set(i, { name: `Reader ${i + 1}`, badge: i % 9 === 0 ? "Librarian" : "" });
  }
  camera.fov = 48;
  camera.position.set(0, 1.65, 7.2);
  camera.lookAt(0, 1.35, 0);
}
camera.updateProjectionMatrix();

/** Steps the bodies: walkers walk on the spot that the camera sees, by moving towards it and being set back together. */
function step(dt: number, time: number): void {
  for (const [slot, p] of poses) {
    const out = p.pose.slice();
    if (p.speed) {
      const forward = new Vector3(0, 0, -1).applyQuaternion(
        new Quaternion(out[POSE.rotation]!, out[POSE.rotation + 1]!, out[POSE.rotation + 2]!, out[POSE.rotation + 3]!),
      );
      out[0] = out[0]! + forward.x * p.speed * (time - 1);
      out[2] = out[2]! + forward.z * p.speed * (time - 1);
    }
    crowd.setPose(slot, out, 0, p.flags);
  }
  crowd.update(dt, camera.position);
  plates.update(dt, camera.position, (slot, at) => crowd.crown(slot, at));
}

const wanted = poses.size;
let time = 0;
let settled = 0;
function frame(): void {
  const waiting = crowd.tiers;
  const ready = [...poses.keys()].length === wanted && waiting.near + waiting.far + waiting.impostor === wanted;
  const limits = quality === "low" ? 3 : 12;
  const loaded =
    ready &&
    (waiting.near >= Math.min(limits, wanted) || view === "crowd" ? waiting.near >= Math.min(limits, wanted) : false);
  const dt = 1 / 12;
  if (loaded && time < 1) time += dt;
  step(loaded ? dt : 0.3, loaded ? time : 0);
  renderer.render(scene, camera);
  if (loaded && time >= 1) settled++;
  if (settled === 1 && view === "poses") {
    ["heart", "applause", "laugh", "nod", "question", "wave"].forEach((r, i) => plates.react(i, r as Reaction));
  }
  if (settled > 5) {
    const { calls, triangles } = renderer.info.render;
    const t0 = performance.now();
    for (let i = 0; i < 60; i++) step(1 / 600, 1);
    const cpu = (performance.now() - t0) / 60;
    const line = `${view}: ${calls} draws, ${triangles} triangles, ${waiting.near} near + ${waiting.far} far + ${waiting.impostor} impostors, ${cpu.toFixed(2)} ms CPU a frame, plates ${plates.shown}`;
    document.querySelector("#count")!.textContent = line;
    renderer.render(scene, camera);
    document.title = `ready ${line}`;
    return;
  }
  requestAnimationFrame(frame);
}
frame();
