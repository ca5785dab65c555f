/** A person's own figure under the light that ours stand in: its colours and its picture, nothing else of what its file asks for. */
import {
  Color,
  type Material,
  type MeshStandardMaterial,
  ShaderMaterial,
  type Side,
  type Texture,
  Vector4,
} from "three";
import { type Ambient } from "./ambient";
import { LIGHT_GLSL } from "./body_material";
import { SEEN_GLSL } from "./bubble";

const VERTEX = /* glsl */ `
#include <common>
#include <morphtarget_pars_vertex>
#include <skinning_pars_vertex>
#include <fog_pars_vertex>
varying vec2 vAt;
varying vec3 vNormalW;
varying vec3 vView;
void main() {
  vAt = uv;
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
#ifdef PICTURE
uniform sampler2D picture;
#endif
uniform vec4 tint;
uniform float hole;
uniform vec3 above;
uniform vec3 below;
uniform vec3 towards;
uniform vec3 key;
uniform float away;
uniform float seen;
varying vec2 vAt;
varying vec3 vNormalW;
varying vec3 vView;
${LIGHT_GLSL}
${SEEN_GLSL}
void main() {
  if (dropped(seen, gl_FragCoord.xy)) discard;
  vec4 base = tint;
  #ifdef PICTURE
    base *= texture2D(picture, vAt);
  #endif
  if (base.a < hole) discard;
  vec3 n = normalize(vNormalW);
  if (!gl_FrontFacing) n = -n;
  vec3 colour = lit(base.rgb, n, normalize(vView), above, below, towards, key, 1.0, 0.0);
  colour = mix(colour, vec3(dot(colour, vec3(0.3, 0.5, 0.2))) * 0.55 + above * 0.05, away);
  gl_FragColor = vec4(colour, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

/** What is seen through is cut out instead: a crowd is drawn in no order. */
const CUT = 0.5;

export function ownMaterial(from: Material, light: Ambient): ShaderMaterial {
  const { map, color, opacity, alphaTest, transparent } = from as MeshStandardMaterial;
  const { r, g, b } = color ?? new Color(1, 1, 1);
  const uniforms = {
    fogColor: { value: new Color() },
    fogNear: { value: 1 },
    fogFar: { value: 1000 },
    fogDensity: { value: 0 },
    picture: { value: (map ?? null) as Texture | null },
    tint: { value: new Vector4(r, g, b, opacity) },
    hole: { value: alphaTest || (transparent ? CUT : 0) },
    above: { value: light.above },
    below: { value: light.below },
    towards: { value: light.towards },
    key: { value: light.key },
    away: { value: 0 },
    seen: { value: 1 },
  };
  const defines = map ? { PICTURE: "" } : {};
  const side: Side = from.side;
  return new ShaderMaterial({ uniforms, defines, vertexShader: VERTEX, fragmentShader: FRAGMENT, side, fog: true });
}
