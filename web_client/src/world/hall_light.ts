/**
 * Baked light for halls: no dynamic lights at all. Diffuse comes from the bake (vertex colours, the lightmap, two values a
 * book), reflections from one small cube taken in the room at load. See docs/design/hall-format.md.
 */
import {
  AdditiveBlending,
  BufferAttribute,
  Color,
  CubeCamera,
  FogExp2,
  HalfFloatType,
  LinearMipmapLinearFilter,
  Mesh,
  MeshBasicMaterial,
  MeshStandardMaterial,
  NoColorSpace,
  NoToneMapping,
  PMREMGenerator,
  type Vector2,
  Vector3,
  Vector4,
  WebGLCubeRenderTarget,
  type Material,
  type Object3D,
  type Scene,
  type Texture,
  type WebGLRenderer,
  type WebGLRenderTarget,
} from "three";
import type { ShelfLight } from "./books/columns";
import {
  BOOK_LIGHT,
  FRAGMENT_COMMON,
  LIGHTMAP_LIGHT,
  PICTURE_LIGHT,
  replacePiece,
  VERTEX_COMMON,
  VERTEX_LIGHT,
  VERTEX_PROJECT,
  type SpineAtlas,
} from "./hall_shaders";

export type HallQuality = "high" | "low";
type Triple = [number, number, number];

/** `scenes[0].extras.carrel` of a hall's GLB. */
export interface HallSettings {
  title: string;
  exposure: number;
  tone: "aces" | "agx" | "neutral";
  fog: [number, Triple];
  specular: number;
  probe: Triple;
  room_box: [Triple, Triple];
  bay_m: number;
  zones: number;
  switch_m: Record<HallQuality, [number, number]>;
  shelf_light?: ShelfLight;
  probes: { origin: Triple; step: Triple; counts: Triple; range: number; data: string };
}

interface Made {
  light: "vertex" | "lightmap" | "book" | "picture" | "none";
  range: number;
  gain: number;
  finishes?: [number, number, number, number, number][];
  atlas?: SpineAtlas;
}

/** Takes over the materials of a loaded hall; `dispose` gives back everything made here. */
export class HallLight {
  readonly settings: HallSettings;
  private readonly made: Material[] = [];
  private readonly replaced = new Map<Material, Material>();
  private environment: WebGLRenderTarget | undefined;
  private readonly uniforms;

  constructor(
    settings: HallSettings,
    private readonly quality: HallQuality,
  ) {
    this.settings = settings;
    const [low, high] = settings.room_box;
    this.uniforms = {
      hallSpecular: { value: settings.specular },
      hallProbe: { value: new Vector3(...settings.probe) },
      hallBoxMin: { value: new Vector3(...low) },
      hallBoxMax: { value: new Vector3(...high) },
    };
  }

  /** Give every mesh below `root` a material that decodes the bake. Call once for each scene of the file. */
  takeOver(root: Object3D): void {
    root.traverse((node) => {
      if (!(node instanceof Mesh)) return;
      const before = node.material as Material;
      let after = this.replaced.get(before);
      if (!after) {
        after = this.decode(before);
        this.replaced.set(before, after);
      }
      node.material = after;
    });
  }

  /** What a material of books says of its atlas. */
  atlasOf(books: Material): SpineAtlas | undefined {
    return (books.userData["carrel"] as Made | undefined)?.atlas;
  }

  /** The material of books whose titles are painted on a sheet of `cells` across and down. */
  titled(books: Material, sheet: Texture, cells: Vector2): Material {
    const after = books.clone();
    after.defines = { ...books.defines, HALL_TITLES: "" };
    after.onBeforeCompile = (shader, renderer) => {
      Object.assign(shader.uniforms, { hallTitles: { value: sheet }, hallTitleCells: { value: cells } });
      books.onBeforeCompile(shader, renderer);
    };
    after.customProgramCacheKey = () => `titled-${books.customProgramCacheKey()}`;
    this.made.push(after);
    return after;
  }

  /** Fog of the hall for `scene.fog`. */
  fog(): FogExp2 {
    const [density, tint] = this.settings.fog;
    return new FogExp2(new Color(...tint).multiplyScalar(0.35), density);
  }

  /** Photograph the room from its probe for reflections; nothing to do at low quality. */
  reflect(renderer: WebGLRenderer, scene: Scene, size_px = 256): void {
    if (this.quality === "low") return;
    const { fog, environment } = scene;
    const tone = renderer.toneMapping;
    scene.fog = null;
    renderer.toneMapping = NoToneMapping;
    for (let pass = 0; pass < 2; pass += 1) {
      // the second pass lets metals reflect lit metals
      const target = new WebGLCubeRenderTarget(size_px, {
        type: HalfFloatType,
        generateMipmaps: true,
        minFilter: LinearMipmapLinearFilter,
      });
      const camera = new CubeCamera(0.1, 80, target);
      camera.position.fromArray(this.settings.probe);
      camera.update(renderer, scene);
      const generator = new PMREMGenerator(renderer);
      const filtered = generator.fromCubemap(target.texture);
      generator.dispose();
      target.dispose();
      this.environment?.dispose();
      this.environment = filtered;
      scene.environment = filtered.texture;
    }
    scene.fog = fog;
    renderer.toneMapping = tone;
    if (!this.environment) scene.environment = environment;
  }

  dispose(): void {
    for (const material of this.made) material.dispose();
    this.made.length = 0;
    this.replaced.clear();
    this.environment?.dispose();
    this.environment = undefined;
  }

  private decode(before: Material): Material {
    const made = before.userData["carrel"] as Made | undefined;
    if (!made) return before;
    const after = this.quality === "low" ? simple(before) : before;
    if (after !== before) this.made.push(after);
    if (made.light === "none") return glow(after, made);
    patch(after as MeshStandardMaterial | MeshBasicMaterial, made, this.uniforms);
    return after;
  }
}

/** The low tier: the same bake on unlit materials, no reflections. */
function simple(before: Material): Material {
  if (!(before instanceof MeshStandardMaterial)) return before;
  const { name, map, side, vertexColors, aoMap, color } = before;
  const after = new MeshBasicMaterial({ name, map, side, vertexColors, aoMap, color });
  after.userData = before.userData;
  return after;
}

function glow(material: Material, made: Made): Material {
  const basic = material as MeshBasicMaterial;
  basic.color.multiplyScalar(made.gain);
  if (basic.transparent) {
    // sunbeams and glare only add; three would draw their two sides one after the other
    basic.depthWrite = false;
    basic.blending = AdditiveBlending;
    basic.fog = false;
    basic.forceSinglePass = true;
  }
  return basic;
}

function patch(material: MeshStandardMaterial | MeshBasicMaterial, made: Made, shared: object): void {
  const isSimple = material instanceof MeshBasicMaterial;
  const own: Record<string, { value: unknown }> = {};
  const count = made.finishes?.length ?? 0;
  if (made.finishes) {
    own["hallFinish"] = { value: made.finishes.map(([r, g, b, rough]) => new Vector4(r, g, b, rough)) };
    own["hallMetal"] = { value: made.finishes.map((finish) => finish[4]) };
  }
  if (made.light === "lightmap") {
    material.lightMap = material.aoMap;
    material.aoMap = null;
  }
  if (made.light === "picture" && material.map) raw(material.map);
  for (const map of [material.map, isSimple ? null : material.roughnessMap]) if (map && !isSimple) map.anisotropy = 8;
  material.defines = { ...material.defines, BAKE_RANGE: made.range.toFixed(3) };
  material.dithering = !isSimple;
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, shared, own);
    let { vertexShader: v, fragmentShader: f } = shader;
    v = replacePiece(v, "#include <common>", VERTEX_COMMON);
    v = replacePiece(v, "#include <project_vertex>", VERTEX_PROJECT);
    f = replacePiece(f, "#include <common>", FRAGMENT_COMMON);
    const surface = (rough: string, metal: string, light: string): void => {
      if (isSimple) return;
      f = replacePiece(f, "#include <roughnessmap_fragment>", rough);
      f = replacePiece(f, "#include <metalnessmap_fragment>", metal);
      f = replacePiece(f, "#include <lights_fragment_maps>", light);
    };
    if (made.light === "vertex") {
      f = replacePiece(f, FRAGMENT_COMMON, FRAGMENT_COMMON + VERTEX_LIGHT.common(count));
      f = replacePiece(f, "#include <color_fragment>", VERTEX_LIGHT.color(isSimple));
      surface(VERTEX_LIGHT.roughness, VERTEX_LIGHT.metalness, VERTEX_LIGHT.light);
    } else if (made.light === "lightmap") {
      if (isSimple) f = replacePiece(f, ...LIGHTMAP_LIGHT.simple);
      else f = replacePiece(f, "#include <lights_fragment_maps>", LIGHTMAP_LIGHT.light);
    } else if (made.light === "picture") {
      f = replacePiece(f, "#include <map_fragment>", PICTURE_LIGHT);
    } else if (made.light === "book" && made.atlas) {
      v = replacePiece(v, VERTEX_COMMON, VERTEX_COMMON + BOOK_LIGHT.vertexCommon);
      v = replacePiece(v, "#include <uv_vertex>", BOOK_LIGHT.vertexUv(made.atlas));
      f = replacePiece(f, FRAGMENT_COMMON, FRAGMENT_COMMON + BOOK_LIGHT.fragmentCommon);
      f = replacePiece(f, "#include <map_fragment>", BOOK_LIGHT.map(made.atlas, isSimple));
      surface(BOOK_LIGHT.roughness, BOOK_LIGHT.metalness, BOOK_LIGHT.light);
    }
    shader.vertexShader = v;
    shader.fragmentShader = f;
  };
  material.customProgramCacheKey = () => `hall-${made.light}-${count}-${material.type}`;
}

function raw(texture: Texture): void {
  texture.colorSpace = NoColorSpace;
  texture.needsUpdate = true;
}

/** Six directions of light at a place, for avatars: `colors` in the order +x -x +y -y +z -z, linear H (irradiance / pi). */
export interface AmbientCube {
  readonly colors: readonly [Color, Color, Color, Color, Color, Color];
}

export function ambientCube(): AmbientCube {
  return { colors: [new Color(), new Color(), new Color(), new Color(), new Color(), new Color()] };
}

/** The hall's grid of ambient cubes, decoded once; `sample` blends the eight around a place and allocates nothing. */
export class HallProbes {
  private readonly values: Float32Array;
  private readonly origin: Triple;
  private readonly step: Triple;
  private readonly counts: Triple;

  constructor({ origin, step, counts, range, data }: HallSettings["probes"]) {
    this.origin = origin;
    this.step = step;
    this.counts = counts;
    const coded = atob(data);
    const expected = counts[0] * counts[1] * counts[2] * 18;
    if (coded.length !== expected) throw new Error(`the hall's probes hold ${coded.length} bytes, not ${expected}`);
    this.values = new Float32Array(expected);
    for (let i = 0; i < expected; i += 1) {
      const c = coded.charCodeAt(i) / 255;
      this.values[i] = c * c * c * range;
    }
  }

  /** Light at a place in the hall's own frame; outside the grid the nearest probes serve. */
  sample(position: Vector3, into: AmbientCube): void {
    const [nx, ny, nz] = this.counts;
    const x = clampTo((position.x - this.origin[0]) / this.step[0], nx - 1);
    const y = clampTo((position.y - this.origin[1]) / this.step[1], ny - 1);
    const z = clampTo((position.z - this.origin[2]) / this.step[2], nz - 1);
    const i = Math.min(Math.floor(x), Math.max(0, nx - 2));
    const j = Math.min(Math.floor(y), Math.max(0, ny - 2));
    const k = Math.min(Math.floor(z), Math.max(0, nz - 2));
    const colors = into.colors;
    for (const color of colors) color.setRGB(0, 0, 0);
    for (let corner = 0; corner < 8; corner += 1) {
      const a = corner & 1;
      const b = (corner >> 1) & 1;
      const c = (corner >> 2) & 1;
      const weight = (a ? x - i : 1 - x + i) * (b ? y - j : 1 - y + j) * (c ? z - k : 1 - z + k);
      if (weight <= 0) continue;
      let at = (((k + c) * ny + (j + b)) * nx + (i + a)) * 18;
      for (const color of colors) {
        color.r += (this.values[at] ?? 0) * weight;
        color.g += (this.values[at + 1] ?? 0) * weight;
        color.b += (this.values[at + 2] ?? 0) * weight;
        at += 3;
      }
    }
  }
}

function clampTo(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** True for the attributes that belong to instances, not to the mesh. */
export function isPerInstance(attribute: unknown): boolean {
  return attribute instanceof BufferAttribute && "isInstancedBufferAttribute" in attribute;
}
