/** People's own avatars: each fetched once while somebody here wears it, one at a time, and never beyond what a crowd can carry. */
import { Group, type Object3D } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { download } from "../download";
import { type Cost, costOf, exceeds, type GlbJson, openGlb } from "../glb_cost";
import { bonesOf } from "./bone_names";
import { disposeTree, isMesh, isSkinned, type NearModel } from "./look";
import { ownRig } from "./own_rig";

export const MOST = { triangles: 32_000, meshes: 64, file_bytes: 10 << 20 } as const;
/** Counted before anything is made of the file. */
const MOST_COST: Readonly<Cost> = {
  nodes: 2000,
  draws: MOST.meshes,
  triangles: MOST.triangles,
  vertices: 120_000,
  morphs: 4_000_000,
  texture_pixels: 20_000_000,
};
/** Address of an accepted work's file, the only place that a body is fetched from. */
const ADDRESS = /^\/api\/works\/[0-9a-f]{64}\/files\/[0-9a-f]{64}$/;

/** [morph target, share] of each face that a mesh can make. */
export interface Face {
  blink: [number, number][];
  aa: [number, number][];
  smile: [number, number][];
}

/** Names of morph targets where no VRM says which they are: ARKit's and those of visemes. */
const FACE_NAMES: Readonly<Record<string, keyof Face>> = {
  blink: "blink",
  eyeblinkleft: "blink",
  eyeblinkright: "blink",
  eyesclosed: "blink",
  aa: "aa",
  visemeaa: "aa",
  jawopen: "aa",
  mouthopen: "aa",
  smile: "smile",
  mouthsmile: "smile",
  mouthsmileleft: "smile",
  mouthsmileright: "smile",
};
const PRESETS: Readonly<Record<string, keyof Face>> = {
  blink: "blink",
  aa: "aa",
  a: "aa",
  happy: "smile",
  joy: "smile",
};

interface Entry {
  model: Promise<NearModel>;
  wearers: number;
}

export class OwnModels {
  readonly #known = new Map<string, Entry>();
  #line: Promise<unknown> = Promise.resolve();

  /** The body at `url`, for one more wearer; each asks once and gives it back by `release`. Rejects where it cannot be shown. */
  take(url: string): Promise<NearModel> {
    let entry = this.#known.get(url);
    if (!entry) {
      const model = this.#line.then(() => loadOwn(url));
      this.#line = model.catch(() => undefined);
      this.#known.set(url, (entry = { model, wearers: 0 }));
    }
    entry.wearers++;
    return entry.model;
  }

  release(url: string): void {
    const entry = this.#known.get(url);
    if (!entry || --entry.wearers > 0) return;
    this.#known.delete(url);
    entry.model.then(({ scene }) => disposeTree(scene)).catch(() => undefined);
  }
}

export async function loadOwn(url: string): Promise<NearModel> {
  if (!ADDRESS.test(url)) throw new Error("An avatar is a work of this library.");
  const bytes = await download(url, (done) => {
    if (done > MOST.file_bytes) throw new Error("The avatar is too large.");
  });
  return readOwn(bytes);
}

/** A GLB as a body. Throws where it is none, or more than a crowd can carry. */
export async function readOwn(bytes: ArrayBuffer): Promise<NearModel> {
  const glb = openGlb(bytes);
  plain(glb.json);
  if (exceeds(costOf(glb), MOST_COST)) throw new Error("The avatar is more than a crowd can carry.");
  const loader = new GLTFLoader();
  loader.register((parser) => {
    plain(parser.json as GlbJson);
    return { name: "plain" };
  });
  const { MeshoptDecoder } = await import("three/addons/libs/meshopt_decoder.module.js");
  loader.setMeshoptDecoder(MeshoptDecoder);
  const { scene, parser } = await loader.parseAsync(bytes, "");
  const document = parser.json as Record<string, unknown>;
  const nodes = new Map<number, Object3D>();
  scene.traverse((o) => {
    const { nodes: node } = parser.associations.get(o) ?? {};
    if (node !== undefined && !nodes.has(node)) nodes.set(node, o);
  });
  const bones = new Map<string, Object3D>();
  for (const [bone, node] of bonesOf(document)) {
    const found = nodes.get(node);
    if (found) bones.set(bone, found);
  }
  let triangles = 0;
  let meshes = 0;
  scene.traverse((o) => {
    if (!isMesh(o)) return;
    meshes++;
    const { index } = o.geometry;
    triangles += (index?.count ?? o.geometry.getAttribute("position").count) / 3;
    if (!o.geometry.getAttribute("normal")) o.geometry.computeVertexNormals();
    // Whatever is not skinned hangs on a bone and moves with it.
    if (isSkinned(o)) o.normalizeSkinWeights();
  });
  if (triangles > MOST.triangles || meshes > MOST.meshes) {
    disposeTree(scene);
    throw new Error("The avatar is more than a crowd can carry.");
  }
  setFaces(document, scene, nodes);
  const { figure, rig, rests } = ownRig(scene, bones);
  // Bodies are cloned, and find their bones by name.
  const ours = new Set(rig.names);
  scene.traverse((o) => {
    if (ours.has(o.name)) o.name = `_${o.name}`;
  });
  rig.names.forEach((name, i) => {
    const node = bones.get(name === "chest" && bones.has("upperChest") ? "upperChest" : name);
    if (node && rests[i]) node.name = name;
  });
  const whole = new Group();
  whole.add(figure);
  const head = rig.rest[rig.index.get("head")!]!;
  return { scene: whole, rig, triangles, rests, height_m: head.y / HEAD_SHARE };
}

/** Leaves what a body shows: of every material its colour and one picture, and no movement but ours. */
function plain(json: GlbJson): void {
  delete json.animations;
  json.materials = (json.materials ?? []).map(({ name, pbrMetallicRoughness, alphaMode, alphaCutoff, doubleSided }) => {
    const { baseColorFactor, baseColorTexture } = pbrMetallicRoughness ?? {};
    return { name, pbrMetallicRoughness: { baseColorFactor, baseColorTexture }, alphaMode, alphaCutoff, doubleSided };
  });
}

/** Of a body's height, where the head joint is. */
const HEAD_SHARE = 0.87;

function setFaces(document: Record<string, unknown>, scene: Object3D, nodes: ReadonlyMap<number, Object3D>): void {
  const faceOf = (o: Object3D): Face => (o.userData["face"] ??= { blink: [], aa: [], smile: [] }) as Face;
  const bind = (root: Object3D | undefined, face: keyof Face, morph: number, share: number): void =>
    root?.traverse((o) => {
      if (isMesh(o) && o.morphTargetInfluences && morph < o.morphTargetInfluences.length)
        faceOf(o)[face].push([morph, Math.min(1, Math.max(0, share))]);
    });
  const { VRMC_vrm: one, VRM: zero } = (document["extensions"] ?? {}) as {
    VRMC_vrm?: { expressions?: { preset?: Record<string, { morphTargetBinds?: Bind[] }> } };
    VRM?: { blendShapeMaster?: { blendShapeGroups?: { presetName?: string; binds?: Bind[] }[] } };
  };
  for (const [name, { morphTargetBinds }] of Object.entries(one?.expressions?.preset ?? {})) {
    const face = PRESETS[name];
    for (const { node, index, weight } of (face && morphTargetBinds) || [])
      bind(nodes.get(node ?? -1), face!, index, weight ?? 1);
  }
  const meshNodes = (document["nodes"] ?? []) as { mesh?: number }[];
  for (const { presetName, binds } of zero?.blendShapeMaster?.blendShapeGroups ?? []) {
    const face = PRESETS[(presetName ?? "").toLowerCase()];
    for (const { mesh, index, weight } of (face && binds) || [])
      meshNodes.forEach((node, i) => {
        if (node.mesh === mesh) bind(nodes.get(i), face!, index, (weight ?? 100) / 100);
      });
  }
  if (one || zero) return;
  scene.traverse((o) => {
    if (!isMesh(o)) return;
    for (const [name, morph] of Object.entries(o.morphTargetDictionary ?? {})) {
      const face = FACE_NAMES[name.toLowerCase().replace(/[^a-z]/g, "")];
      if (face) faceOf(o)[face].push([morph, 1]);
    }
  });
}

interface Bind {
  node?: number;
  mesh?: number;
  index: number;
  weight?: number;
}
