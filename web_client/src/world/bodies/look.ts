/** The shipped looks: their list, and their files loaded once each on demand. */
import {
  BufferAttribute,
  BufferGeometry,
  type Material,
  type Mesh,
  type Object3D,
  type SkinnedMesh,
  Texture,
  Vector3,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import type { Colours } from "./palette";
import { joined } from "./joined";
import type { Rest } from "./own_rig";
import { compose, type Part, type Wardrobe } from "./wardrobe";
import { makeRig, type Rig, type RigBone } from "./rig";

export interface LookFile {
  readonly file: string;
  readonly sha256: string;
  readonly size_bytes: number;
}

export interface Look {
  readonly id: string;
  readonly kind: "reader" | "guide";
  readonly names: Readonly<Record<string, string>>;
  readonly height_m: number;
  readonly wheelchair: boolean;
  readonly near: LookFile;
  readonly far: LookFile;
  readonly colours: Colours;
  /** Slots whose colour a person may choose. */
  readonly tints: readonly string[];
  /** Of a look put together: its parts, and the shipped look that stands for it far away. */
  readonly parts?: readonly Part[];
  readonly stand?: string;
}

export interface PaletteChoice {
  readonly id: string;
  readonly colour: string;
  readonly names: Readonly<Record<string, string>>;
}

export interface LookList {
  readonly format: number;
  readonly slots: readonly string[];
  readonly palettes: Readonly<Record<string, readonly PaletteChoice[]>>;
  readonly looks: readonly Look[];
  readonly wardrobe?: Wardrobe;
}

/** A near file: a scene to clone, with its rig. */
export interface NearModel {
  readonly scene: Object3D;
  readonly rig: Rig;
  readonly triangles: number;
  /** Of a person's own figure: how its bones rest, and how tall it is. Ours rest unturned. */
  readonly rests?: readonly (Rest | null)[];
  readonly height_m?: number;
}

/** A far file as one geometry (float positions in metres, rest pose) with its rig. */
export interface FarModel {
  readonly geometry: BufferGeometry;
  readonly rig: Rig;
  readonly triangles: number;
}

export const LOOKS_URL = "/gltf/avatars/";

export class LookLibrary {
  readonly #loader = new GLTFLoader();
  readonly #near = new Map<string, Promise<NearModel>>();
  readonly #far = new Map<string, Promise<FarModel>>();

  private constructor(
    readonly list: LookList,
    readonly base: string,
  ) {}

  /** Fetches the list; throws with a sentence when it cannot be had. */
  static async open(base: string = LOOKS_URL): Promise<LookLibrary> {
    const answer = await fetch(`${base}looks.json`);
    if (!answer.ok) throw new Error(`The list of avatars could not be loaded (${answer.status}).`);
    return new LookLibrary((await answer.json()) as LookList, base);
  }

  /** The look of that id, or the first one where it is unknown (an older file, a strange client). */
  look(id: string): Look {
    const first = this.list.looks[0];
    if (!first) throw new Error("The list of avatars is empty.");
    return this.list.looks.find((l) => l.id === id) ?? this.#composed(id) ?? first;
  }

  #composed(id: string): Look | null {
    const made = compose(this.list.wardrobe, id);
    if (!made) return null;
    const { figure, parts, colours, tints, wheelchair } = made;
    const { near, far } = figure.base;
    const { names, height_m } = figure;
    const rolls = this.list.looks.find((look) => look.wheelchair);
    const stand = wheelchair && rolls ? rolls.id : figure.id;
    return { id, kind: "reader", names, height_m, wheelchair, near, far: far!, colours, tints, parts, stand };
  }

  near(look: Look): Promise<NearModel> {
    return this.#once(this.#near, look.id, async () => {
      const gltf = await this.#loader.loadAsync(this.base + look.near.file);
      if (look.parts) await this.#dress(gltf.scene, look.parts.slice(1));
      let triangles = 0;
      gltf.scene.traverse((o) => {
        if (isMesh(o)) triangles += (o.geometry.index?.count ?? 0) / 3;
      });
      return { scene: gltf.scene, rig: rigOf(gltf.scene), triangles };
    });
  }

  far(look: Look): Promise<FarModel> {
    return this.#once(this.#far, look.id, async () => {
      const gltf = await this.#loader.loadAsync(this.base + look.far.file);
      let skinned: SkinnedMesh | null = null;
      gltf.scene.traverse((o) => {
        if (isSkinned(o)) skinned ??= o;
      });
      if (!skinned) throw new Error(`The avatar ${look.id} has no far body.`);
      let geometry = plainGeometry(skinned);
      const more = (look.parts?.slice(1) ?? []).flatMap(({ far }) => far ?? []);
      if (more.length)
        geometry = joined([geometry, ...(await Promise.all(more.map(({ file }) => this.#farPart(file))))]);
      return { geometry, rig: rigOf(gltf.scene), triangles: (geometry.index?.count ?? 0) / 3 };
    });
  }

  /** Joins the parts to the first surface of a figure: one draw, however much somebody wears. */
  async #dress(scene: Object3D, parts: readonly Part[]): Promise<void> {
    const files = await Promise.all(parts.map(({ near }) => this.#loader.loadAsync(this.base + near.file)));
    const body = firstSkin(scene);
    const worn = files.map((file) => firstSkin(file.scene));
    const bare = body.geometry;
    body.geometry = joined([bare, ...worn.map(({ geometry }) => geometry)]);
    bare.dispose();
    for (const { scene: file } of files) disposeTree(file);
  }

  async #farPart(file: string): Promise<BufferGeometry> {
    const { scene } = await this.#loader.loadAsync(this.base + file);
    const geometry = plainGeometry(firstSkin(scene));
    disposeTree(scene);
    return geometry;
  }

  dispose(): void {
    for (const model of this.#near.values()) void model.then((m) => disposeTree(m.scene)).catch(ignore);
    for (const model of this.#far.values()) void model.then((m) => m.geometry.dispose()).catch(ignore);
    this.#near.clear();
    this.#far.clear();
  }

  #once<T>(cache: Map<string, Promise<T>>, id: string, load: () => Promise<T>): Promise<T> {
    const known = cache.get(id);
    if (known) return known;
    const fresh = load();
    cache.set(id, fresh);
    // A failed load may be tried again later.
    fresh.catch(() => cache.delete(id));
    return fresh;
  }
}

/** The load's own caller hears of the failure; tidying up has nothing to add. */
function ignore(): void {
  return undefined;
}

function firstSkin(scene: Object3D): SkinnedMesh {
  let found: SkinnedMesh | null = null;
  scene.traverse((o) => {
    if (isSkinned(o)) found ??= o;
  });
  if (!found) throw new Error("An avatar file has no skin.");
  return found;
}

export function isMesh(o: Object3D): o is Mesh {
  return (o as Partial<Mesh>).isMesh === true;
}

export function isSkinned(o: Object3D): o is SkinnedMesh {
  return (o as Partial<SkinnedMesh>).isSkinnedMesh === true;
}

export function disposeTree(root: Object3D): void {
  root.traverse((o) => {
    if (!isMesh(o)) return;
    o.geometry.dispose();
    for (const m of ([] as Material[]).concat(o.material)) {
      for (const value of Object.values(m)) if (value instanceof Texture) value.dispose();
      m.dispose();
    }
  });
}

/** Rig of the first skin below `root`, rest positions from the bind pose. */
export function rigOf(root: Object3D): Rig {
  const bones: RigBone[] = [];
  const at = new Vector3();
  root.updateMatrixWorld(true);
  let skinned: SkinnedMesh | null = null;
  root.traverse((o) => {
    if (isSkinned(o)) skinned ??= o;
  });
  if (!skinned) throw new Error("An avatar file has no skin.");
  for (const bone of (skinned as SkinnedMesh).skeleton.bones) {
    at.setFromMatrixPosition(bone.matrixWorld);
    const parent = bone.parent && "isBone" in bone.parent && bone.parent.isBone === true ? bone.parent.name : null;
    bones.push({ name: bone.name, parent, x: at.x, y: at.y, z: at.z });
  }
  return makeRig(bones);
}

/** Quantised attributes as floats in metres: the bind matrices carry the scale, which a merged draw cannot. */
function plainGeometry(mesh: SkinnedMesh): BufferGeometry {
  const from = mesh.geometry;
  const scale = mesh.skeleton.boneInverses[0]!.elements[0]!;
  const out = new BufferGeometry();
  const copy = (name: string, size: number, factor = 1): void => {
    const source = from.getAttribute(name);
    const data = new Float32Array(source.count * size);
    for (let i = 0; i < source.count; i++) {
      for (let c = 0; c < size; c++) data[i * size + c] = source.getComponent(i, c) * factor;
    }
    out.setAttribute(name, new BufferAttribute(data, size));
  };
  copy("position", 3, scale);
  copy("normal", 3);
  copy("uv", 2);
  copy("color", 3);
  copy("skinIndex", 4);
  copy("skinWeight", 4);
  if (from.index) out.setIndex(new BufferAttribute(new Uint16Array(from.index.array), 1));
  return out;
}
