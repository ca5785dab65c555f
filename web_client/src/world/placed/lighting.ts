/**
 * How placed things are lit: by the hall's probes, for the hall's own lights are baked into its walls. Every instance carries the six colours of light
 * at the place where it stands; its vertices blend those that they face.
 */
import {
  Color,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  type InstancedMesh,
  type Material,
  MeshLambertMaterial,
  MeshStandardMaterial,
  type Vector3,
} from "three";
import { type AmbientCube, ambientCube } from "../hall_light";
import { replacePiece } from "../hall_shaders";
import type { Quality } from "../stage";
import type { Thing } from "./thing";

/** Light is asked for anew when a thing has gone so far. */
const RELIT_M = 0.3;
/** Brightest light that is told apart; the sun on a floor is less. */
const RANGE = 6;

const COMMON_VERTEX = /* glsl */ `#include <common>
  attribute vec3 litAlong, litAgainst;
  varying vec3 vLit;
  // Three bytes in one number, the cube root of each channel.
  vec3 litColour( float word ) {
    vec3 c = vec3( floor( word / 65536. ), mod( floor( word / 256. ), 256. ), mod( word, 256. ) ) / 255.;
    return c * c * c * ${RANGE.toFixed(1)};
  }
`;
const MAIN_VERTEX = /* glsl */ `#include <begin_vertex>
  vec3 litNormal = normalize( mat3( modelMatrix ) * mat3( instanceMatrix ) * objectNormal );
  vec3 litShare = litNormal * litNormal;
  vLit = litShare.x * litColour( litNormal.x > 0. ? litAlong.x : litAgainst.x )
    + litShare.y * litColour( litNormal.y > 0. ? litAlong.y : litAgainst.y )
    + litShare.z * litColour( litNormal.z > 0. ? litAlong.z : litAgainst.z );
`;
const COMMON_FRAGMENT = /* glsl */ `#include <common>
  varying vec3 vLit;
`;
const LIGHT = /* glsl */ `
  irradiance += vLit * PI;
  #if defined( USE_ENVMAP ) && defined( RE_IndirectSpecular ) && defined( ENVMAP_TYPE_PMREM )
    float litBright = clamp( dot( vLit, vec3( .3, .6, .1 ) ), .05, 1. );
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

const NAMES = ["litAlong", "litAgainst"] as const;

/** The attributes of light for `capacity` instances. */
export class Lights {
  readonly #made: readonly InstancedBufferAttribute[];

  constructor(capacity: number) {
    this.#made = NAMES.map(() =>
      new InstancedBufferAttribute(new Float32Array(3 * capacity), 3).setUsage(DynamicDrawUsage),
    );
  }

  attach({ geometry }: InstancedMesh): void {
    NAMES.forEach((name, i) => geometry.setAttribute(name, this.#made[i]!));
  }

  set(index: number, { words }: Light): void {
    this.#made[0]!.setXYZ(index, words[0]!, words[2]!, words[4]!);
    this.#made[1]!.setXYZ(index, words[1]!, words[3]!, words[5]!);
  }

  changed(): void {
    for (const one of this.#made) one.needsUpdate = true;
  }
}

/** Light at a place: the colours in the order +x −x +y −y +z −z, and as the numbers that shaders are given. */
export class Light {
  readonly cube: AmbientCube = ambientCube();
  readonly words = new Float32Array(6);

  code(): void {
    this.cube.colors.forEach(({ r, g, b }, i) => {
      this.words[i] = byte(r) * 65536 + byte(g) * 256 + byte(b);
    });
  }

  /** What falls on a surface that faces along a unit vector. */
  on({ x, y, z }: Vector3, out: Color): Color {
    const { colors } = this.cube;
    out.setRGB(0, 0, 0);
    for (const [part, along] of [
      [x, 0],
      [y, 2],
      [z, 4],
    ] as const) {
      const { r, g, b } = colors[part > 0 ? along : ((along + 1) as 1 | 3 | 5)]!;
      out.r += part * part * r;
      out.g += part * part * g;
      out.b += part * part * b;
    }
    return out;
  }
}

function byte(light: number): number {
  return Math.round(255 * Math.cbrt(Math.min(1, Math.max(0, light) / RANGE)));
}

/** Fills `out` with the light at `position` (room metres). */
export type LightProbe = (position: Vector3, out: AmbientCube) => void;

/** Where a hall has no probes: lamplight from above, floor from below. */
export const evenLight: LightProbe = (_position, { colors }) => {
  colors.forEach((color, i) =>
    i === 2 ? color.setRGB(0.9, 0.8, 0.7) : i === 3 ? color.setRGB(0.25, 0.18, 0.13) : color.setRGB(0.55, 0.47, 0.4),
  );
};

/** Reads the light where a thing stands, when it stands elsewhere than the last time. */
export function relight(thing: Thing, probe: LightProbe): void {
  if (thing.lit_at.distanceTo(thing.position) < RELIT_M) return;
  thing.centre(thing.lit_at);
  probe(thing.lit_at, thing.light.cube);
  thing.light.code();
  thing.lit_at.copy(thing.position);
}
