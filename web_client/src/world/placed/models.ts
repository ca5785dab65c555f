/** GLB files of placed models, each fetched and read once however many things show it. Few at a time, the nearest first. */
import {
  Box3,
  BufferAttribute,
  type BufferGeometry,
  type Material,
  Matrix4,
  Mesh,
  type Object3D,
  type Texture,
  Vector3,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { download } from "../download";
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

export type ModelState = "coming" | "failed" | Model;

const AT_ONCE = 3;
/** A file that could not be had is asked for again after this time. */
const AGAIN_MS = 30_000;

export class Models {
  readonly #known = new Map<string, ModelState>();
  readonly #failed_ms = new Map<string, number>();
  /** Told of each file that came, and with null of each that could not be had. */
  readonly #came: (url: string, model: Model | null) => void;
  #under_way = 0;
  #gone = false;

  constructor(came: (url: string, model: Model | null) => void) {
    this.#came = came;
  }

  get(url: string): ModelState | undefined {
    return this.#known.get(url);
  }

  /** Asks for a file unless enough are on their way; call again later, in the order of need. */
  want(url: string, now_ms: number): void {
    const known = this.#known.get(url);
    if (known === "failed" && now_ms - this.#failed_ms.get(url)! > AGAIN_MS) this.#known.delete(url);
    if (this.#known.has(url) || this.#under_way >= AT_ONCE) return;
    this.#known.set(url, "coming");
    this.#under_way++;
    loadModel(url)
      .then(
        (model) => {
          if (this.#gone) return model.dispose();
          this.#known.set(url, model);
          this.#came(url, model);
        },
        () => {
          this.#known.set(url, "failed");
          this.#failed_ms.set(url, performance.now());
          if (!this.#gone) this.#came(url, null);
        },
      )
      .finally(() => this.#under_way--);
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

async function loadModel(url: string): Promise<Model> {
  const bytes = await download(url, () => undefined);
  const loader = new GLTFLoader();
  if (needsMeshopt(bytes)) {
    const { MeshoptDecoder } = await import("three/addons/libs/meshopt_decoder.module.js");
    loader.setMeshoptDecoder(MeshoptDecoder);
  }
  const { scene } = await loader.parseAsync(bytes, "");
  return modelOf(scene);
}

/** The decoder is code of its own, fetched only by who meets such a file. */
function needsMeshopt(bytes: ArrayBuffer): boolean {
  if (bytes.byteLength < 20) return false;
  const length = new DataView(bytes).getUint32(12, true);
  const json = new TextDecoder().decode(new Uint8Array(bytes, 20, Math.min(length, bytes.byteLength - 20)));
  return json.includes("meshopt_compression");
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
    box.union(one.copy(geometry.boundingBox!).applyMatrix4(node.matrixWorld));
    triangles += (geometry.index?.count ?? geometry.getAttribute("position").count) / 3;
    const materials = Array.isArray(node.material) ? node.material : [node.material];
    if (!geometry.getAttribute("normal")) geometry.computeVertexNormals();
    parts.push({ geometry, material: materials[0] as Material, matrix: node.matrixWorld.clone() });
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

/** Parts that differ in nothing but their place are one draw call less each; only whole copies of a geometry are kept apart. */
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

/** Attributes with their widths and types: only geometries of one layout can be joined. Morphed ones stay as they are. */
function layout(geometry: BufferGeometry): string {
  if (Object.keys(geometry.morphAttributes).length) return geometry.uuid;
  return Object.entries(geometry.attributes)
    .map(([name, value]) => `${name}${value.itemSize}${value instanceof BufferAttribute ? "" : geometry.uuid}`)
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
