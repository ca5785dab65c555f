/**
 * The last tier in one draw: camera-facing quads. The atlas holds, for each look from eight sides, palette coordinates and occlusion (not colours),
 * so that everybody keeps the colours that they chose and stands in the hall's light.
 */
import {
  Color,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  type DataTexture,
  NearestFilter,
  OrthographicCamera,
  PlaneGeometry,
  Scene,
  ShaderMaterial,
  Vector3,
  type WebGLRenderer,
  WebGLRenderTarget,
} from "three";
import { type Ambient, type AmbientProbe, makeAmbient } from "./ambient";
import { BodyIk, makeStance } from "./body_ik";
import type { FarModel, Look } from "./look";

const SIDES = 8;
/** Standing, and in mid-stride: who walks shows one after the other. */
const FRAMES = 2;
const STRIDE = { phase: Math.PI / 2, gait: 0.8 } as const;
const CELL = { width: 64, height: 128 } as const;
const SPAN = { width_m: 1.1, height_m: 2.2 } as const;

const BAKE_VERTEX = /* glsl */ `
attribute vec4 color;
varying vec2 vPalette;
varying float vOpen;
varying vec3 vN;
void main() {
  vPalette = uv;
  vOpen = color.g;
  vN = normalMatrix * normal;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const BAKE_FRAGMENT = /* glsl */ `
varying vec2 vPalette;
varying float vOpen;
varying vec3 vN;
void main() {
  vec3 n = normalize(vN);
  if (!gl_FrontFacing) n = -n;
  gl_FragColor = vec4(vPalette, vOpen * (0.72 + 0.28 * n.y), 1.0);
}`;

const VERTEX = /* glsl */ `
attribute vec4 place;
attribute vec3 kind;
uniform float looks;
varying vec2 vAtlas;
varying float vRow;
varying float vAway;
#include <common>
#include <fog_pars_vertex>
void main() {
  vec3 to = cameraPosition - place.xyz;
  float facing = atan(to.x, to.z);
  float side = mod(floor((facing - place.w) / (2.0 * PI) * ${SIDES.toFixed(1)} + 0.5), ${SIDES.toFixed(1)});
  vAtlas = vec2((side + uv.x) / ${SIDES.toFixed(1)}, (kind.x + uv.y) / looks);
  vRow = kind.y;
  vAway = kind.z;
  vec3 at = place.xyz + vec3(cos(facing), 0.0, -sin(facing)) * position.x * ${SPAN.width_m} + vec3(0.0, position.y * ${SPAN.height_m}, 0.0);
  vec4 mvPosition = viewMatrix * vec4(at, 1.0);
  gl_Position = projectionMatrix * mvPosition;
  #include <fog_vertex>
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D atlas;
uniform sampler2D palette;
uniform float paletteRows;
uniform vec3 above;
uniform vec3 below;
uniform vec3 key;
varying vec2 vAtlas;
varying float vRow;
varying float vAway;
#include <common>
#include <fog_pars_fragment>
void main() {
  vec4 cell = texture2D(atlas, vAtlas);
  if (cell.a < 0.5) discard;
  vec3 base = texture2D(palette, vec2((floor(cell.x * 16.0) + 0.5) / 16.0, (vRow + cell.y) / paletteRows)).rgb;
  vec3 colour = base * (mix(below, above, 0.55) + key * 0.32) * cell.z * 1.15;
  colour = mix(colour, vec3(dot(colour, vec3(0.3, 0.5, 0.2))) * 0.55, vAway);
  gl_FragColor = vec4(colour, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

export class Impostors {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  readonly #place: InstancedBufferAttribute;
  readonly #kind: InstancedBufferAttribute;
  readonly #target: WebGLRenderTarget;
  readonly #cell = new Map<string, number>();
  readonly #baked = new Set<string>();
  readonly #renderer: WebGLRenderer;
  readonly #probe: AmbientProbe;
  readonly #light: Ambient = makeAmbient();
  #count = 0;
  #dirty = true;

  constructor(
    renderer: WebGLRenderer,
    palette: DataTexture,
    paletteRows: number,
    looks: readonly Look[],
    probe: AmbientProbe,
    capacity: number,
  ) {
    this.#renderer = renderer;
    this.#probe = probe;
    looks.forEach((look, i) => this.#cell.set(look.id, i));
    const rows = Math.max(1, looks.length) * FRAMES;
    this.#target = new WebGLRenderTarget(CELL.width * SIDES, CELL.height * rows, {
      minFilter: NearestFilter,
      magFilter: NearestFilter,
    });
    const geometry = new InstancedBufferGeometry();
    const quad = new PlaneGeometry(1, 1).translate(0, 0.5, 0);
    geometry.index = quad.index;
    geometry.setAttribute("position", quad.getAttribute("position"));
    geometry.setAttribute("uv", quad.getAttribute("uv"));
    this.#place = new InstancedBufferAttribute(new Float32Array(capacity * 4), 4).setUsage(DynamicDrawUsage);
    this.#kind = new InstancedBufferAttribute(new Float32Array(capacity * 3), 3).setUsage(DynamicDrawUsage);
    geometry.setAttribute("place", this.#place);
    geometry.setAttribute("kind", this.#kind);
    geometry.instanceCount = 0;
    const material = new ShaderMaterial({
      uniforms: {
        atlas: { value: this.#target.texture },
        palette: { value: palette },
        paletteRows: { value: paletteRows },
        looks: { value: rows },
        above: { value: this.#light.above },
        below: { value: this.#light.below },
        key: { value: this.#light.key },
        fogColor: { value: new Color() },
        fogNear: { value: 1 },
        fogFar: { value: 1000 },
        fogDensity: { value: 0 },
      },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      fog: true,
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  get triangles(): number {
    return this.#count * 2;
  }

  ready(lookId: string): boolean {
    return this.#baked.has(lookId);
  }

  /** Draws a look into its row of the atlas, arms lowered, from eight sides. */
  bake(look: Look, model: FarModel): void {
    const row = this.#cell.get(look.id);
    if (row === undefined || this.#baked.has(look.id)) return;
    this.#baked.add(look.id);
    const material = new ShaderMaterial({
      vertexShader: BAKE_VERTEX,
      fragmentShader: BAKE_FRAGMENT,
      side: 2,
      toneMapped: false,
    });
    const scene = new Scene();
    const mesh = new Mesh(model.geometry, material);
    scene.add(mesh);
    const camera = new OrthographicCamera(-SPAN.width_m / 2, SPAN.width_m / 2, SPAN.height_m, 0, 0.1, 6);
    camera.position.z = 3;
    const renderer = this.#renderer;
    const before = renderer.getRenderTarget();
    const autoClear = renderer.autoClear;
    const clear = renderer.getClearColor(new Color());
    const alpha = renderer.getClearAlpha();
    const xr = renderer.xr.enabled;
    renderer.xr.enabled = false;
    renderer.autoClear = false;
    renderer.setClearColor(0, 0);
    for (let frame = 0; frame < FRAMES; frame++) {
      mesh.geometry = posed(model, look, frame > 0);
      for (let side = 0; side < SIDES; side++) {
        mesh.rotation.y = -(side / SIDES) * 2 * Math.PI;
        const cell = [side * CELL.width, (row * FRAMES + frame) * CELL.height] as const;
        this.#target.viewport.set(...cell, CELL.width, CELL.height);
        this.#target.scissor.copy(this.#target.viewport);
        this.#target.scissorTest = true;
        renderer.setRenderTarget(this.#target);
        renderer.clear();
        renderer.render(scene, camera);
      }
      mesh.geometry.dispose();
    }
    renderer.setRenderTarget(before);
    renderer.autoClear = autoClear;
    renderer.setClearColor(clear, alpha);
    renderer.xr.enabled = xr;
    material.dispose();
  }

  /** Begins a frame's list. */
  begin(): void {
    this.#count = 0;
  }

  /** One person: feet in room metres, yaw of the figure (0 faces +Z), crowd row for the palette; `strides` in mid-step. */
  put(
    x: number,
    y: number,
    z: number,
    yaw: number,
    lookId: string,
    person: number,
    away: boolean,
    strides = false,
  ): void {
    const i = this.#count;
    if (i >= this.#place.count) return;
    this.#place.setXYZW(i, x, y, z, yaw);
    this.#kind.setXYZ(i, (this.#cell.get(lookId) ?? 0) * FRAMES + (strides ? 1 : 0), person, away ? 1 : 0);
    this.#count++;
    this.#dirty = true;
  }

  end(camera: Vector3): void {
    this.mesh.geometry.instanceCount = this.#count;
    this.mesh.visible = this.#count > 0;
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#place.needsUpdate = true;
    this.#kind.needsUpdate = true;
    this.#probe(camera, this.#light);
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.#target.dispose();
  }
}

/** The far mesh with its arms lowered (or seated, or in mid-stride), skinned once on the processor. */
function posed(model: FarModel, look: Look, strides: boolean): FarModel["geometry"] {
  const ik = new BodyIk(model.rig);
  const stance = makeStance();
  stance.head.copy(model.rig.rest[model.rig.index.get("head") ?? 0]!);
  if (look.wheelchair) {
    stance.seated = true;
    stance.footrest_m = 0.045;
    stance.head.y -= ik.restHips_m - 0.555;
  } else if (strides) {
    stance.stride = STRIDE.phase;
    stance.gait = STRIDE.gait;
  }
  ik.solve(stance);
  const geometry = model.geometry.clone();
  const at = geometry.getAttribute("position");
  const normal = geometry.getAttribute("normal");
  const joint = geometry.getAttribute("skinIndex");
  const weight = geometry.getAttribute("skinWeight");
  const p = new Vector3();
  const out = new Vector3();
  const n = new Vector3();
  const outN = new Vector3();
  for (let i = 0; i < at.count; i++) {
    out.set(0, 0, 0);
    outN.set(0, 0, 0);
    for (let c = 0; c < 4; c++) {
      const w = weight.getComponent(i, c);
      if (w === 0) continue;
      const b = joint.getComponent(i, c);
      p.fromBufferAttribute(at, i).sub(model.rig.rest[b]!).applyQuaternion(ik.rotation[b]!).add(ik.position[b]!);
      out.addScaledVector(p, w);
      outN.addScaledVector(n.fromBufferAttribute(normal, i).applyQuaternion(ik.rotation[b]!), w);
    }
    at.setXYZ(i, out.x, out.y, out.z);
    normal.setXYZ(i, outN.x, outN.y, outN.z);
  }
  return geometry;
}
