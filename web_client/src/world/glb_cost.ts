/** What a GLB would cost to show, counted in its JSON and in the heads of its pictures before anything is made of it. */
import { pictureSize } from "./picture_size";

export interface Cost {
  /** Objects that a loader makes: nodes, and of each copy of a mesh its primitives. */
  nodes: number;
  /** Draw calls, when everything of one material and one layout is joined. */
  draws: number;
  /** Triangles and vertices as often as they are drawn. */
  triangles: number;
  vertices: number;
  /** Vertices of morph targets. */
  morphs: number;
  texture_pixels: number;
}

export const NOTHING: Readonly<Cost> = {
  nodes: 0,
  draws: 0,
  triangles: 0,
  vertices: 0,
  morphs: 0,
  texture_pixels: 0,
};

/** Whether any of it is more than `most`. */
export function exceeds(cost: Readonly<Cost>, most: Readonly<Cost>): boolean {
  return (Object.keys(most) as (keyof Cost)[]).some((name) => !(cost[name] <= most[name]));
}

interface Primitive {
  attributes: Record<string, number>;
  indices?: number;
  material?: number;
  mode?: number;
  targets?: unknown[];
}
export interface GlbNode {
  mesh?: number;
  skin?: number;
  weights?: unknown;
  extensions?: Record<string, { attributes?: Record<string, number> }>;
}
interface GlbMaterial {
  name?: unknown;
  pbrMetallicRoughness?: { baseColorFactor?: unknown; baseColorTexture?: unknown };
  alphaMode?: unknown;
  alphaCutoff?: unknown;
  doubleSided?: unknown;
}
export interface GlbJson {
  scene?: number;
  scenes?: unknown[];
  nodes?: GlbNode[];
  meshes?: { primitives: Primitive[]; weights?: unknown }[];
  accessors?: { count: number; type?: string }[];
  materials?: GlbMaterial[];
  textures?: { source?: number; sampler?: number; extensions?: Record<string, { source?: number }> }[];
  images?: { bufferView?: number; uri?: string }[];
  bufferViews?: { buffer?: number; byteOffset?: number; byteLength: number }[];
  buffers?: { uri?: string }[];
  animations?: unknown[];
  extensionsUsed?: string[];
}

export interface Glb {
  json: GlbJson;
  /** The bytes beside the JSON. */
  body: Uint8Array;
}

const HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
export const INSTANCING = "EXT_mesh_gpu_instancing";

/** Takes a GLB apart. Throws where it is none. */
export function openGlb(bytes: ArrayBuffer): Glb {
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== 0x46546c67) throw new Error("This is no GLB.");
  const length = view.getUint32(HEAD_BYTES, true);
  const text = new Uint8Array(bytes, HEAD_BYTES + CHUNK_HEAD_BYTES, length);
  const after = HEAD_BYTES + CHUNK_HEAD_BYTES + length + CHUNK_HEAD_BYTES;
  const body = after <= bytes.byteLength ? new Uint8Array(bytes, after) : new Uint8Array();
  return { json: JSON.parse(new TextDecoder().decode(text)) as GlbJson, body };
}

export function costOf({ json, body }: Glb): Cost {
  const { nodes = [], meshes = [], accessors = [] } = json;
  const cost = { ...NOTHING, nodes: nodes.length };
  const count = (accessor: number | undefined): number => accessors[accessor ?? -1]?.count ?? 0;
  const materials = new Set<number>();
  const draws = new Set<string>();
  const perMesh = meshes.map(({ primitives }) => {
    const one = { ...NOTHING };
    for (const { attributes, indices, mode = 4, targets = [] } of primitives) {
      const vertices = count(attributes["POSITION"]);
      const corners = indices === undefined ? vertices : count(indices);
      one.vertices += vertices;
      one.morphs += vertices * targets.length;
      if (mode >= 4) one.triangles += mode === 4 ? corners / 3 : Math.max(0, corners - 2);
    }
    return one;
  });
  const seen = new Set<number>();
  for (const { mesh, extensions } of nodes) {
    if (mesh === undefined) continue;
    const copies = Object.values(extensions?.[INSTANCING]?.attributes ?? {});
    const times = copies.length ? count(copies[0]) : 1;
    const one = perMesh[mesh]!;
    cost.nodes += times * meshes[mesh]!.primitives.length;
    cost.triangles += times * one.triangles;
    cost.vertices += times * one.vertices;
    if (seen.has(mesh)) continue;
    seen.add(mesh);
    cost.morphs += one.morphs;
    for (const { material = -1, attributes, mode = 4 } of meshes[mesh]!.primitives) {
      materials.add(material);
      const layout = Object.entries(attributes).map(([name, at]) => `${name}${accessors[at]?.type}`);
      draws.add(`${material} ${mode} ${layout.sort().join()}`);
    }
  }
  cost.draws = draws.size;
  cost.texture_pixels = texturePixels(json, body, materials);
  return cost;
}

/** Pixels of what these materials show. A picture counts once for every way of sampling it: each is a texture of its own. */
function texturePixels(json: GlbJson, body: Uint8Array, used: Set<number>): number {
  const { materials = [], textures = [] } = json;
  const shown = new Set<number>();
  for (const at of used) findTextures(materials[at], shown);
  const ways = new Set<string>();
  const sizes = new Map<number, number>();
  let pixels = 0;
  for (const at of shown) {
    const { source, sampler, extensions = {} } = textures[at] ?? {};
    const image = Object.values(extensions).find((one) => one.source !== undefined)?.source ?? source;
    if (image === undefined || ways.has(`${image} ${sampler}`)) continue;
    ways.add(`${image} ${sampler}`);
    let size = sizes.get(image);
    if (size === undefined) {
      const bytes = pictureBytes(json, body, image);
      const found = bytes && pictureSize(bytes);
      // What cannot be counted is more than anything.
      sizes.set(image, (size = found ? found[0] * found[1] : Infinity));
    }
    pixels += size;
  }
  return pixels;
}

/** The bytes of a picture; null where they are not in the file's own body, nor in an address of the kind `data:`. */
function pictureBytes(
  { images = [], bufferViews = [], buffers = [] }: GlbJson,
  body: Uint8Array,
  image: number,
): Uint8Array | null {
  const { bufferView, uri } = images[image] ?? {};
  if (uri !== undefined) {
    const at = uri.indexOf(";base64,");
    return at < 0 ? null : Uint8Array.from(atob(uri.slice(at + 8)), (letter) => letter.charCodeAt(0));
  }
  const view = bufferViews[bufferView ?? -1];
  if (!view || view.buffer || buffers[0]?.uri !== undefined) return null;
  const from = view.byteOffset ?? 0;
  return body.subarray(from, from + view.byteLength);
}

/** Adds the numbers of all textures that a material names, wherever in it. */
function findTextures(value: unknown, found: Set<number>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const index = (inner as { index?: unknown } | null)?.index;
    if (name.endsWith("Texture") && typeof index === "number") found.add(index);
    findTextures(inner, found);
  }
}
