/**
 * GLB files of placed models, each fetched and read once however many things show it. Few at a time, the nearest first. What a file would cost is
 * counted before anything is made of it: a file that would be too much for this device is never built.
 */
import {
  Box3,
  BufferAttribute,
  type BufferGeometry,
  InstancedMesh,
  type Material,
  Matrix4,
  Mesh,
  type Object3D,
  type Texture,
  Vector3,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { download } from "../download";
import { type Cost, costOf, exceeds, type Glb, type GlbJson, openGlb } from "../glb_cost";
import type { Extent } from "./thing";

export interface ModelPart {
  geometry: BufferGeometry;
  material: Material;
  matrix: Matrix4;
}

export interface Model {
  parts: readonly ModelPart[];
  triangles: number;
  extent: Extent;
  dispose(): void;
}

/** `heavy`: more than one model may cost here. */
export type ModelState = "coming" | "failed" | "heavy" | Model;

const AT_ONCE = 3;
/** A file that could not be had is asked for again after this time. */
const AGAIN_MS = 30_000;

export class Models {
  /** In the order of use, the oldest first. */
  readonly #known = new Map<string, ModelState>();
  readonly #costs = new Map<string, Cost>();
  readonly #most: Readonly<Cost>;
  readonly #failed_ms = new Map<string, number>();
  /** Told of each file that came, and with null of each that could not be had. */
  readonly #came: (url: string, model: Model | null) => void;
  #under_way = 0;
  #gone = false;

  constructor(most: Readonly<Cost>, came: (url: string, model: Model | null) => void) {
    this.#most = most;
    this.#came = came;
  }

  get(url: string): ModelState | undefined {
    return this.#known.get(url);
  }

  /** Known once the file has come for the first time. */
  cost(url: string): Readonly<Cost> | undefined {
    return this.#costs.get(url);
  }

  /**
   * Asks for a file unless enough are on their way; call again later, in the order of need. `admits` is asked when a file comes whose cost was not
   * known: where it says no, the file is put aside, to be asked for again when there is room for it.
   */
  want(url: string, now_ms: number, admits: (cost: Readonly<Cost>) => boolean): void {
    const known = this.#known.get(url);
    if (known === "failed" && now_ms - this.#failed_ms.get(url)! > AGAIN_MS) this.#known.delete(url);
    if (this.#known.has(url) || this.#under_way >= AT_ONCE) return;
    this.#known.set(url, "coming");
    this.#under_way++;
    this.#load(url, admits)
      .then(
        (state) => {
          if (this.#gone) {
            if (typeof state === "object") state?.dispose();
            return;
          }
          if (state) this.#known.set(url, state);
          else this.#known.delete(url);
          this.#came(url, typeof state === "object" ? state : null);
        },
        () => {
          this.#known.set(url, "failed");
          this.#failed_ms.set(url, performance.now());
          if (!this.#gone) this.#came(url, null);
        },
      )
      .finally(() => this.#under_way--);
  }

  /** Null for a file that was put aside. */
  async #load(url: string, admits: (cost: Readonly<Cost>) => boolean): Promise<Model | "heavy" | null> {
    const bytes = await download(url, () => undefined);
    const glb = openGlb(bytes);
    const known = this.#costs.get(url);
    const cost = known ?? costOf(glb);
    this.#costs.set(url, cost);
    if (exceeds(cost, this.#most)) return "heavy";
    if (this.#gone || (!known && !admits(cost))) return null;
    return build(bytes, glb);
  }

  /** Those that are here, the one that was shown longest ago first. */
  *here(): Iterable<[url: string, cost: Readonly<Cost>]> {
    for (const [url, state] of [...this.#known]) if (typeof state === "object") yield [url, this.#costs.get(url)!];
  }

  /** It is shown now. */
  touch(url: string): void {
    const known = this.#known.get(url);
    if (known === undefined) return;
    this.#known.delete(url);
    this.#known.set(url, known);
  }

  /** Gives back a file that nothing shows. */
  drop(url: string): void {
    const known = this.#known.get(url);
    if (typeof known !== "object") return;
    this.#known.delete(url);
    known.dispose();
  }

  dispose(): void {
    this.#gone = true;
    for (const model of this.#known.values()) if (typeof model === "object") model.dispose();
    this.#known.clear();
  }
}

async function build(bytes: ArrayBuffer, { json }: Glb): Promise<Model> {
  const loader = new GLTFLoader();
  // The decoder is code of its own, fetched only by who meets such a file.
  if (json.extensionsUsed?.some((name) => name.endsWith("meshopt_compression"))) {
    const { MeshoptDecoder } = await import("three/addons/libs/meshopt_decoder.module.js");
    loader.setMeshoptDecoder(MeshoptDecoder);
  }
  loader.register((parser) => {
    still(parser.json as GlbJson);
    return { name: "still" };
  });
  const { scene } = await loader.parseAsync(bytes, "");
  return modelOf(scene);
}

/** Takes out of a file what is not shown of a placed model: movement, poses, morphs and scenes but the first. */
export function still(json: GlbJson): void {
  delete json.animations;
  if (json.scenes) json.scenes = [json.scenes[json.scene ?? 0]];
  json.scene = 0;
  for (const node of json.nodes ?? []) {
    delete node.skin;
    delete node.weights;
  }
  for (const mesh of json.meshes ?? []) {
    delete mesh.weights;
    for (const primitive of mesh.primitives) {
      delete primitive.targets;
      for (const name of Object.keys(primitive.attributes))
        if (/^(JOINTS|WEIGHTS)_/.test(name)) delete primitive.attributes[name];
    }
  }
}

/** What there is to draw below `scene`, at rest: poses and animations of a placed model are not played. */
export function modelOf(scene: Object3D): Model {
  scene.updateMatrixWorld(true);
  const parts: ModelPart[] = [];
  const box = new Box3();
  const one = new Box3();
  let triangles = 0;
  scene.traverse((node) => {
    if (!(node instanceof Mesh) || !node.visible) return;
    const geometry = node.geometry as BufferGeometry;
    geometry.computeBoundingBox();
    const corners = geometry.index?.count ?? geometry.getAttribute("position").count;
    const materials = Array.isArray(node.material) ? node.material : [node.material];
    if (!geometry.getAttribute("normal")) geometry.computeVertexNormals();
    for (const matrix of places(node)) {
      triangles += corners / 3;
      box.union(one.copy(geometry.boundingBox!).applyMatrix4(matrix));
      parts.push({ geometry, material: materials[0] as Material, matrix });
    }
  });
  if (box.isEmpty()) box.set(new Vector3(-0.25, 0, -0.25), new Vector3(0.25, 0.5, 0.25));
  const drawn = merged(parts);
  return {
    parts: drawn,
    triangles,
    extent: { size: box.getSize(new Vector3()), middle: box.getCenter(new Vector3()), hangs: false },
    dispose: () => {
      for (const { geometry, material } of drawn) {
        geometry.dispose();
        for (const value of Object.values(material))
          if ((value as Texture | null)?.isTexture) (value as Texture).dispose();
        material.dispose();
      }
    },
  };
}

/** Where a mesh is drawn: once, or as often as its file copies it. */
function places(mesh: Mesh): Matrix4[] {
  if (!(mesh instanceof InstancedMesh)) return [mesh.matrixWorld.clone()];
  return Array.from({ length: mesh.count }, (_, i) => {
    const matrix = new Matrix4();
    mesh.getMatrixAt(i, matrix);
    return matrix.premultiply(mesh.matrixWorld);
  });
}

/** All parts of one material and one layout are one draw call. */
function merged(parts: ModelPart[]): ModelPart[] {
  const groups = new Map<string, ModelPart[]>();
  for (const part of parts) {
    const key = `${part.material.uuid} ${layout(part.geometry)}`;
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()].flatMap((group) => (group.length > 1 ? joined(group) : group));
}

/** Attributes with their widths: only geometries of one layout can be joined. */
function layout(geometry: BufferGeometry): string {
  return Object.entries(geometry.attributes)
    .map(([name, { itemSize }]) => `${name}${itemSize}`)
    .sort()
    .join();
}

function joined(group: readonly ModelPart[]): ModelPart[] {
  const names = Object.keys(group[0]!.geometry.attributes);
  const count = group.reduce((sum, { geometry }) => sum + geometry.getAttribute("position").count, 0);
  const geometry = group[0]!.geometry.clone();
  for (const name of names) {
    const width = geometry.getAttribute(name).itemSize;
    const values = new Float32Array(count * width);
    let at = 0;
    for (const part of group) {
      const baked = part.geometry.getAttribute(name);
      for (let i = 0; i < baked.count; i++) for (let c = 0; c < width; c++) values[at++] = baked.getComponent(i, c);
    }
    geometry.setAttribute(name, new BufferAttribute(values, width));
  }
  const index: number[] = [];
  let base = 0;
  for (const part of group) {
    const { index: own } = part.geometry;
    const vertices = part.geometry.getAttribute("position").count;
    const flips = part.matrix.determinant() < 0;
    const corners = own ? Array.from(own.array) : Array.from({ length: vertices }, (_, i) => i);
    for (let i = 0; i < corners.length; i += 3)
      index.push(base + corners[i]!, base + corners[i + (flips ? 2 : 1)]!, base + corners[i + (flips ? 1 : 2)]!);
    place(geometry, part.matrix, base, vertices);
    base += vertices;
  }
  geometry.setIndex(index);
  geometry.computeBoundingBox();
  return [{ geometry, material: group[0]!.material, matrix: new Matrix4() }];
}

const point = new Vector3();

/** Takes vertices `from` … `from + count` from a part's frame to the model's. */
function place(geometry: BufferGeometry, matrix: Matrix4, from: number, count: number): void {
  const positions = geometry.getAttribute("position");
  const normals = geometry.getAttribute("normal");
  for (let i = from; i < from + count; i++) {
    point.fromBufferAttribute(positions, i).applyMatrix4(matrix);
    positions.setXYZ(i, point.x, point.y, point.z);
    if (!normals) continue;
    point.fromBufferAttribute(normals, i).transformDirection(matrix);
    normals.setXYZ(i, point.x, point.y, point.z);
  }
}
