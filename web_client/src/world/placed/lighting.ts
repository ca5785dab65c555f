/**
 * How placed things are lit: by the hall's probes, as bodies are, for the hall's own lights are baked into its walls. Every instance carries the light
 * of the place where it stands.
 */
import {
  DynamicDrawUsage,
  InstancedBufferAttribute,
  type InstancedMesh,
  type Material,
  MeshLambertMaterial,
  MeshStandardMaterial,
} from "three";
import { type AmbientProbe, makeAmbient } from "../bodies/ambient";
import { replacePiece } from "../hall_shaders";
import type { Quality } from "../stage";
import type { Thing } from "./thing";

/** Light is asked for anew when a thing has gone so far. */
const RELIT_M = 0.3;

const COMMON_VERTEX = /* glsl */ `#include <common>
  attribute vec3 litAbove, litBelow, litTowards, litKey;
  varying vec3 vLitAbove, vLitBelow, vLitTowards, vLitKey;
`;
const MAIN_VERTEX = /* glsl */ `#include <begin_vertex>
  vLitAbove = litAbove; vLitBelow = litBelow; vLitTowards = litTowards; vLitKey = litKey;
`;
const COMMON_FRAGMENT = /* glsl */ `#include <common>
  varying vec3 vLitAbove, vLitBelow, vLitTowards, vLitKey;
`;
const LIGHT = /* glsl */ `
  vec3 litNormal = transformDirectionByInverseViewMatrix( geometryNormal, viewMatrix );
  vec3 litAround = mix( vLitBelow, vLitAbove, .5 + .5 * litNormal.y );
  float litWrapped = max( 0., ( dot( litNormal, vLitTowards ) + .35 ) / 1.35 );
  irradiance += ( litAround + vLitKey * litWrapped * sqrt( litWrapped ) ) * PI;
  #if defined( USE_ENVMAP ) && defined( RE_IndirectSpecular ) && defined( ENVMAP_TYPE_PMREM )
    float litBright = clamp( dot( litAround, vec3( .3, .6, .1 ) ), .05, 1. );
    radiance += getIBLRadiance( geometryViewDir, geometryNormal, material.roughness ) * litBright;
  #endif
`;

/** A material of ours that looks like `source` under the light of `Lights`; low quality leaves out reflections and small maps. */
export function placedMaterial(source: Material, quality: Quality): Material {
  const from = source instanceof MeshStandardMaterial ? source : new MeshStandardMaterial();
  const made = quality === "low" ? plain(from) : from.clone();
  made.onBeforeCompile = (shader) => {
    shader.vertexShader = replacePiece(shader.vertexShader, "#include <common>", COMMON_VERTEX);
    shader.vertexShader = replacePiece(shader.vertexShader, "#include <begin_vertex>", MAIN_VERTEX);
    shader.fragmentShader = replacePiece(shader.fragmentShader, "#include <common>", COMMON_FRAGMENT);
    shader.fragmentShader = replacePiece(shader.fragmentShader, "#include <lights_fragment_maps>", LIGHT);
  };
  made.customProgramCacheKey = () => `placed-${made.type}`;
  return made;
}

function plain(from: MeshStandardMaterial): MeshLambertMaterial {
  const { map, color, side, vertexColors, transparent, opacity, alphaTest, emissive, emissiveMap } = from;
  return new MeshLambertMaterial({
    map,
    color,
    side,
    vertexColors,
    transparent,
    opacity,
    alphaTest,
    emissive,
    emissiveMap,
  });
}

const NAMES = ["litAbove", "litBelow", "litTowards", "litKey"] as const;

/** The four attributes of light for `capacity` instances. */
export class Lights {
  readonly #attributes = NAMES.map(() => new Float32Array(0));
  readonly #made: InstancedBufferAttribute[];

  constructor(capacity: number) {
    this.#attributes = NAMES.map(() => new Float32Array(3 * capacity));
    this.#made = this.#attributes.map((values) => new InstancedBufferAttribute(values, 3).setUsage(DynamicDrawUsage));
  }

  attach({ geometry }: InstancedMesh): void {
    NAMES.forEach((name, i) => geometry.setAttribute(name, this.#made[i]!));
  }

  set(index: number, light: Float32Array): void {
    for (let i = 0; i < NAMES.length; i++)
      for (let c = 0; c < 3; c++) this.#attributes[i]![3 * index + c] = light[3 * i + c]!;
  }

  changed(): void {
    for (const one of this.#made) one.needsUpdate = true;
  }
}

const ambient = makeAmbient();

/** Reads the light where a thing stands, when it stands elsewhere than the last time. */
export function relight(thing: Thing, probe: AmbientProbe): void {
  if (thing.lit_at.distanceTo(thing.position) < RELIT_M) return;
  thing.centre(thing.lit_at);
  probe(thing.lit_at, ambient);
  thing.lit_at.copy(thing.position);
  ambient.above.toArray(thing.light, 0);
  ambient.below.toArray(thing.light, 3);
  ambient.towards.toArray(thing.light, 6);
  ambient.key.toArray(thing.light, 9);
}
