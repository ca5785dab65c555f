/**
 * The middle tier in one draw: every look's far mesh in one BatchedMesh, one instance a person. Bones come from a texture with one row an instance,
 * written straight from the solver; colours from the crowd's palette texture.
 */
import {
  BatchedMesh,
  DataTexture,
  FloatType,
  type IUniform,
  MeshBasicMaterial,
  NearestFilter,
  Quaternion,
  RGBAFormat,
  Vector3,
} from "three";
import { FLAG } from "../../net/protocol.gen";
import { type Ambient, type AmbientProbe, makeAmbient } from "./ambient";
import { BodyIk, makeStance, type Stance } from "./body_ik";
import { LIGHT_GLSL } from "./body_material";
import { SEEN_GLSL } from "./bubble";
import { type Build, Heading } from "./heading";
import type { FarModel, Look } from "./look";
import { LIMITS } from "./tiers";

const MAX_BONES = 64;
const TEXELS = MAX_BONES * 3 + 5; // three rows of a 3x4 matrix a bone, then light and palette row
const CAPACITY = LIMITS.high.far;

const PARS = /* glsl */ `
attribute vec4 skinIndex;
attribute vec4 skinWeight;
uniform sampler2D bones;
uniform float paletteRows;
varying vec2 vPalette;
varying vec3 vNormalW;
varying vec3 vView;
varying vec3 vOpen;
varying vec3 vAbove;
varying vec3 vBelow;
varying vec3 vTowards;
varying vec4 vKey;
varying float vSeen;
vec4 texel(float at, int row) { return texelFetch(bones, ivec2(int(at), row), 0); }
mat4 boneAt(float i, int row) {
  vec4 a = texel(i * 3.0, row); vec4 b = texel(i * 3.0 + 1.0, row); vec4 c = texel(i * 3.0 + 2.0, row);
  return mat4(a.x, b.x, c.x, 0.0, a.y, b.y, c.y, 0.0, a.z, b.z, c.z, 0.0, a.w, b.w, c.w, 1.0);
}
`;

const SKIN = /* glsl */ `
int row = int(getIndirectIndex(gl_DrawID));
mat4 skin = boneAt(skinIndex.x, row) * skinWeight.x + boneAt(skinIndex.y, row) * skinWeight.y
  + boneAt(skinIndex.z, row) * skinWeight.z + boneAt(skinIndex.w, row) * skinWeight.w;
transformed = (skin * vec4(transformed, 1.0)).xyz;
vNormalW = mat3(skin) * normal;
vView = cameraPosition - transformed;
vec4 info = texel(${(MAX_BONES * 3).toFixed(1)}, row);
vAbove = texel(${(MAX_BONES * 3 + 1).toFixed(1)}, row).rgb;
vBelow = texel(${(MAX_BONES * 3 + 2).toFixed(1)}, row).rgb;
vTowards = texel(${(MAX_BONES * 3 + 3).toFixed(1)}, row).rgb;
vKey = vec4(texel(${(MAX_BONES * 3 + 4).toFixed(1)}, row).rgb, info.y);
vPalette = vec2(uv.x, (info.x + uv.y) / paletteRows);
vOpen = color.rgb;
vSeen = info.z;
`;

const FRAGMENT_PARS = /* glsl */ `
uniform sampler2D palette;
varying vec2 vPalette;
varying vec3 vNormalW;
varying vec3 vView;
varying vec3 vOpen;
varying vec3 vAbove;
varying vec3 vBelow;
varying vec3 vTowards;
varying vec4 vKey;
varying float vSeen;
${LIGHT_GLSL}
${SEEN_GLSL}
`;

const SHADE = /* glsl */ `
if (dropped(vSeen, gl_FragCoord.xy)) discard;
vec3 n = normalize(vNormalW);
if (!gl_FrontFacing) n = -n;
vec3 base = texture2D(palette, vPalette).rgb * vOpen;
vec3 shade = lit(base, n, normalize(vView), vAbove, vBelow, normalize(vTowards), vKey.rgb, vOpen.g, 0.0);
shade = mix(shade, vec3(dot(shade, vec3(0.3, 0.5, 0.2))) * 0.55 + vAbove * 0.05, vKey.a);
vec4 diffuseColor = vec4(shade, opacity);
`;

interface Seat {
  row: number;
  look: string;
  instance: number;
  ik: BodyIk;
  build: Build;
  model: FarModel;
  readonly stance: Stance;
  readonly heading: Heading;
  readonly light: Ambient;
  lit_s: number;
}

export class FarBodies {
  readonly mesh: BatchedMesh;
  readonly #bones = new Float32Array(TEXELS * 4 * CAPACITY);
  readonly #texture: DataTexture;
  readonly #geometry = new Map<string, number>();
  readonly #seats = new Map<number, Seat>();
  readonly #iks = new Map<string, BodyIk[]>();
  readonly #probe: AmbientProbe;
  readonly #material: MeshBasicMaterial;
  readonly #rotation = new Quaternion();
  readonly #q = new Quaternion();
  readonly #p = new Vector3();
  readonly #v = new Vector3();
  #triangles = 0;

  /** `palette` is the crowd's stacked palette of `paletteRows` people. `vertices` and `indices` are what all far files hold together. */
  constructor(palette: DataTexture, paletteRows: number, probe: AmbientProbe, vertices: number, indices: number) {
    this.#probe = probe;
    this.#texture = new DataTexture(this.#bones, TEXELS, CAPACITY, RGBAFormat, FloatType);
    this.#texture.minFilter = this.#texture.magFilter = NearestFilter;
    this.#texture.needsUpdate = true;
    const shared: Record<string, IUniform> = {
      bones: { value: this.#texture },
      palette: { value: palette },
      paletteRows: { value: paletteRows },
    };
    const material = new MeshBasicMaterial({ side: 2, vertexColors: true });
    material.onBeforeCompile = (shader) => {
      Object.assign(shader.uniforms, shared);
      shader.vertexShader = shader.vertexShader
        .replace("#include <common>", `#include <common>\n${PARS}`)
        .replace("#include <begin_vertex>", `#include <begin_vertex>\n${SKIN}`);
      shader.fragmentShader = shader.fragmentShader
        .replace("#include <common>", `#include <common>\n${FRAGMENT_PARS}`)
        .replace("vec4 diffuseColor = vec4( diffuse, opacity );", SHADE)
        .replace("#include <color_fragment>", "");
    };
    this.#material = material;
    this.mesh = new BatchedMesh(CAPACITY, vertices, indices, material);
    this.mesh.frustumCulled = false;
    this.mesh.perObjectFrustumCulled = false;
    this.mesh.sortObjects = false;
  }

  get triangles(): number {
    return this.#triangles;
  }

  get count(): number {
    return this.#seats.size;
  }

  get full(): boolean {
    return this.#seats.size >= CAPACITY;
  }

  has(person: number): boolean {
    return this.#seats.has(person);
  }

  /** Seats a person (crowd row `person`, which is also their palette row). False when the tier is full. */
  add(person: number, look: Look, model: FarModel): boolean {
    if (this.#seats.has(person)) return true;
    if (this.full) return false;
    const geometry = this.#geometryOf(look.id, model);
    if (geometry === null) return false;
    const instance = this.mesh.addInstance(geometry);
    const ik = this.#iks.get(look.id)?.pop() ?? new BodyIk(model.rig);
    const build = {
      head_m: ik.restHead_m,
      hips_m: ik.restHips_m,
      height_m: look.height_m,
      wheelchair: look.wheelchair,
    };
    this.#seats.set(person, {
      row: person,
      look: look.id,
      instance,
      ik,
      build,
      model,
      stance: makeStance(),
      heading: new Heading(),
      light: makeAmbient(),
      lit_s: Infinity,
    });
    this.#triangles += model.triangles;
    return true;
  }

  /** The look's geometry in the batch; looks that nobody wears any more make room. Null when there is none. */
  #geometryOf(lookId: string, model: FarModel): number | null {
    const known = this.#geometry.get(lookId);
    if (known !== undefined) return known;
    const add = (): number => {
      const geometry = this.mesh.addGeometry(model.geometry);
      this.#geometry.set(lookId, geometry);
      return geometry;
    };
    try {
      return add();
    } catch {
      const worn = new Set([...this.#seats.values()].map(({ look }) => look));
      for (const [look, geometry] of this.#geometry) {
        if (worn.has(look)) continue;
        this.mesh.deleteGeometry(geometry);
        this.#geometry.delete(look);
      }
      this.mesh.optimize();
    }
    try {
      return add();
    } catch {
      return null;
    }
  }

  remove(person: number, lookId: string): void {
    const seat = this.#seats.get(person);
    if (!seat) return;
    this.#seats.delete(person);
    this.mesh.deleteInstance(seat.instance);
    this.#triangles -= seat.model.triangles;
    const free = this.#iks.get(lookId) ?? [];
    free.push(seat.ik);
    this.#iks.set(lookId, free);
  }

  /** As `Body.setPose`; `seen` is the share of it that is seen. */
  setPose(
    person: number,
    pose: Float32Array,
    at: number,
    flags: number,
    ground_m: number,
    dt: number,
    seen: number,
  ): void {
    const seat = this.#seats.get(person);
    if (!seat) return;
    seat.heading.apply(pose, at, flags, ground_m, seat.build, dt, seat.stance);
    seat.ik.solve(seat.stance);
    seat.lit_s += dt;
    if (seat.lit_s > 1) {
      seat.lit_s = 0;
      this.#probe(seat.heading.ground, seat.light);
    }
    this.#write(seat, (flags & FLAG.away) !== 0 ? 1 : 0, seen);
  }

  /** Sends this frame's bones to the GPU. */
  update(): void {
    if (this.#seats.size) this.#texture.needsUpdate = true;
  }

  #write(seat: Seat, away: number, seen: number): void {
    const out = this.#bones;
    const turn = seat.heading.rotation(this.#rotation);
    const ground = seat.heading.ground;
    const { position, rotation } = seat.ik;
    const rest = seat.model.rig.rest;
    let at = seat.instance * TEXELS * 4;
    for (let i = 0; i < position.length; i++) {
      const q = this.#q.copy(turn).multiply(rotation[i]!);
      const p = this.#p.copy(position[i]!).applyQuaternion(turn).add(ground);
      // Skinning carries rest-pose points: p' = R (p - rest) + place.
      p.sub(this.#v.copy(rest[i]!).applyQuaternion(q));
      const x2 = q.x + q.x;
      const y2 = q.y + q.y;
      const z2 = q.z + q.z;
      out[at++] = 1 - q.y * y2 - q.z * z2;
      out[at++] = q.x * y2 - q.w * z2;
      out[at++] = q.x * z2 + q.w * y2;
      out[at++] = p.x;
      out[at++] = q.x * y2 + q.w * z2;
      out[at++] = 1 - q.x * x2 - q.z * z2;
      out[at++] = q.y * z2 - q.w * x2;
      out[at++] = p.y;
      out[at++] = q.x * z2 - q.w * y2;
      out[at++] = q.y * z2 + q.w * x2;
      out[at++] = 1 - q.x * x2 - q.y * y2;
      out[at++] = p.z;
    }
    at = (seat.instance * TEXELS + MAX_BONES * 3) * 4;
    out[at] = seat.row;
    out[at + 1] = away;
    out[at + 2] = seen;
    const { above, below, towards, key } = seat.light;
    above.toArray(out, at + 4);
    below.toArray(out, at + 8);
    towards.toArray(out, at + 12);
    key.toArray(out, at + 16);
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.dispose();
    this.#material.dispose();
    this.#texture.dispose();
  }
}
