/**
 * How bodies are lit: palette colour × occlusion under a two-colour ambient and one soft key light from the hall's probe, and a warm rim that lifts
 * people off the shelves. The hall's own lights are baked into its walls, so bodies do not depend on them.
 */
import {
  Color,
  DataTexture,
  type IUniform,
  LinearFilter,
  RGBAFormat,
  SRGBColorSpace,
  ShaderMaterial,
  UnsignedByteType,
  Vector3,
} from "three";
import { type Ambient } from "./ambient";
import { SEEN_GLSL } from "./bubble";
import { PALETTE } from "./palette";

/** GLSL that turns palette colour, normal, view direction, occlusion and gloss into light. Shared by every tier. */
export const LIGHT_GLSL = /* glsl */ `
vec3 lit(vec3 base, vec3 n, vec3 view, vec3 above, vec3 below, vec3 towards, vec3 key, float open, float gloss) {
  vec3 ambient = mix(below, above, 0.5 + 0.5 * n.y);
  float wrapped = max(0.0, (dot(n, towards) + 0.35) / 1.35);
  vec3 light = ambient * open + key * wrapped * sqrt(wrapped) * mix(0.5, 1.0, open);
  float rim = pow(1.0 - max(0.0, dot(n, view)), 3.0);
  vec3 halfway = normalize(towards + view);
  float shine = pow(max(0.0, dot(n, halfway)), mix(12.0, 90.0, gloss)) * mix(0.035, 0.9, gloss);
  return base * light + (above * rim * 0.16 + key * shine) * open;
}`;

const VERTEX = /* glsl */ `
#include <common>
#include <morphtarget_pars_vertex>
#include <skinning_pars_vertex>
#include <fog_pars_vertex>
attribute vec4 color;
varying vec2 vPalette;
varying vec3 vOpen;
varying vec3 vNormalW;
varying vec3 vView;
void main() {
  vPalette = uv;
  vOpen = color.rgb;
  #include <skinbase_vertex>
  #include <beginnormal_vertex>
  #include <skinnormal_vertex>
  vNormalW = normalize(mat3(modelMatrix) * objectNormal);
  #include <begin_vertex>
  #include <morphtarget_vertex>
  #include <skinning_vertex>
  #include <project_vertex>
  vec4 at = modelMatrix * vec4(transformed, 1.0);
  vView = cameraPosition - at.xyz;
  #include <fog_vertex>
}`;

const FRAGMENT = /* glsl */ `
#include <common>
#include <fog_pars_fragment>
uniform sampler2D palette;
uniform vec3 above;
uniform vec3 below;
uniform vec3 towards;
uniform vec3 key;
uniform float gloss;
uniform float away;
uniform float seen;
varying vec2 vPalette;
varying vec3 vOpen;
varying vec3 vNormalW;
varying vec3 vView;
${LIGHT_GLSL}
${SEEN_GLSL}
void main() {
  if (dropped(seen, gl_FragCoord.xy)) discard;
  vec3 n = normalize(vNormalW);
  vec3 view = normalize(vView);
  if (!gl_FrontFacing) n = -n;
  vec3 base = texture2D(palette, vPalette).rgb * vOpen;
  vec3 colour = lit(base, n, view, above, below, towards, key, vOpen.g, gloss);
  colour = mix(colour, vec3(dot(colour, vec3(0.3, 0.5, 0.2))) * 0.55 + above * 0.05, away);
  gl_FragColor = vec4(colour, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

export interface BodyUniforms {
  [name: string]: IUniform;
  palette: IUniform<DataTexture>;
  above: IUniform<Color>;
  below: IUniform<Color>;
  towards: IUniform<Vector3>;
  key: IUniform<Color>;
  gloss: IUniform<number>;
  away: IUniform<number>;
  /** Share of it that is seen, see `bubble.ts`. */
  seen: IUniform<number>;
  fogColor: IUniform<Color>;
  fogNear: IUniform<number>;
  fogFar: IUniform<number>;
  fogDensity: IUniform<number>;
}

/** A palette texture over RGBA bytes of `rows` rows. */
export function paletteTexture(data: Uint8Array, rows: number): DataTexture {
  const texture = new DataTexture(data as Uint8Array<ArrayBuffer>, PALETTE.columns, rows, RGBAFormat, UnsignedByteType);
  texture.colorSpace = SRGBColorSpace;
  texture.minFilter = texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** One material of a near body; both of a body's materials share palette and light. */
export function bodyMaterial(
  palette: DataTexture,
  light: Ambient,
  gloss: number,
): ShaderMaterial & { uniforms: BodyUniforms } {
  const uniforms: BodyUniforms = {
    palette: { value: palette },
    above: { value: light.above },
    below: { value: light.below },
    towards: { value: light.towards },
    key: { value: light.key },
    gloss: { value: gloss },
    away: { value: 0 },
    seen: { value: 1 },
    fogColor: { value: new Color() },
    fogNear: { value: 1 },
    fogFar: { value: 1000 },
    fogDensity: { value: 0 },
  };
  const material = new ShaderMaterial({ uniforms, vertexShader: VERTEX, fragmentShader: FRAGMENT, side: 2, fog: true });
  return material as ShaderMaterial & { uniforms: BodyUniforms };
}
