/** The pieces of shader that decode a hall's baked light, and where they go in three's own shaders. */

/** A piece of three's shader and what takes its place; a piece that three no longer has is an error, never a silent miss. */
export function replacePiece(source: string, piece: string, by: string): string {
  if (!source.includes(piece)) throw new Error(`three's shader has no ${piece}: the hall's light must be fitted again`);
  return source.replace(piece, by);
}

const UNBAKE = /* glsl */ `
  vec3 unbake( vec3 c ) { return c * c * c * BAKE_RANGE; }
`;

/** Reflections from one cube taken in the room, corrected for the room's box, dimmed where the bake is dark. */
const REFLECTION = /* glsl */ `
  #if defined( USE_ENVMAP ) && defined( RE_IndirectSpecular ) && defined( ENVMAP_TYPE_PMREM )
    vec3 hallRay = reflect( - geometryViewDir, geometryNormal );
    hallRay = normalize( mix( hallRay, geometryNormal, pow4( material.roughness ) ) );
    hallRay = transformDirectionByInverseViewMatrix( hallRay, viewMatrix );
    vec3 hallReach = max( ( hallBoxMax - vHallWorld ) / hallRay, ( hallBoxMin - vHallWorld ) / hallRay );
    float hallFar = max( .01, min( min( hallReach.x, hallReach.y ), hallReach.z ) );
    vec3 hallSeen = vHallWorld + hallRay * hallFar - hallProbe;
    float hallBright = clamp( dot( baked, vec3( .3, .6, .1 ) ) * hallSpecular, .05, 1.2 );
    radiance += textureLod( envMap, envMapRotation * hallSeen, roughnessToMip( material.roughness ) ).rgb * envMapIntensity * hallBright;
  #endif
`;

const LIGHT = (expression: string): string => /* glsl */ `
  vec3 baked = ${expression};
  irradiance = baked * PI;
  ${REFLECTION}
`;

export const VERTEX_COMMON = /* glsl */ `#include <common>
  varying vec3 vHallWorld;
`;

export const VERTEX_PROJECT = /* glsl */ `#include <project_vertex>
  vec4 hallPlace = vec4( transformed, 1. );
  #ifdef USE_INSTANCING
    hallPlace = instanceMatrix * hallPlace;
  #endif
  vHallWorld = ( modelMatrix * hallPlace ).xyz;
`;

export const FRAGMENT_COMMON = /* glsl */ `#include <common>
  varying vec3 vHallWorld;
  uniform float hallSpecular;
  uniform vec3 hallProbe, hallBoxMin, hallBoxMax;
  ${UNBAKE}
`;

/** `vertex`: H in the colour's rgb, the number of the finish in its alpha. */
export const VERTEX_LIGHT = {
  common: (count: number) => /* glsl */ `
    uniform vec4 hallFinish[ ${count} ];
    uniform float hallMetal[ ${count} ];
  `,
  color: (simple: boolean) => /* glsl */ `
    int finish = int( vColor.a * 255. + .5 );
    vec4 hallMade = hallFinish[ finish ];
    diffuseColor.rgb *= hallMade.rgb;
    ${simple ? "diffuseColor.rgb *= unbake( vColor.rgb );" : ""}
  `,
  roughness: "float roughnessFactor = hallMade.a;",
  metalness: "float metalnessFactor = hallMetal[ finish ];",
  light: LIGHT("unbake( vColor.rgb )"),
};

export const LIGHTMAP_LIGHT = {
  simple: ["lightMapTexel.rgb * lightMapIntensity * RECIPROCAL_PI", "unbake( lightMapTexel.rgb )"] as const,
  light: LIGHT("unbake( texture2D( lightMap, vLightMapUv ).rgb )"),
};

export const PICTURE_LIGHT = /* glsl */ `
  diffuseColor.rgb = unbake( texture2D( map, vMapUv ).rgb );
`;

export interface SpineAtlas {
  columns: number;
  rows: number;
  rows_part: number;
  volume_band: [number, number];
  numerals: number;
  /** For blank designs: [top, foot, 1 when written in ink] of the field for a title, as parts of the height. */
  designs?: [number, number, number][];
}

/** Books: a mask atlas (R gilt, G paper, B shade), a cloth, light at foot and head, a volume number above the foot. */
export const BOOK_LIGHT = {
  vertexCommon: /* glsl */ `
    attribute float _CELL;
    #ifdef HALL_TITLES
      attribute float _TITLE;
      uniform vec2 hallTitleCells;
      varying vec3 vTitle;
    #endif
    attribute vec4 _CLOTH, _LIT0, _LIT1;
    attribute vec2 uv1;
    varying vec3 vCloth, vBaked;
    varying vec4 vSpine;
    ${UNBAKE}
  `,
  vertexUv: (atlas: SpineAtlas) => /* glsl */ `#include <uv_vertex>
    float volume = floor( _CELL / 256. + .001 ), cell = _CELL - volume * 256.;
    float row = floor( ( cell + .5 ) / ${atlas.columns.toFixed(1)} ), column = cell - row * ${atlas.columns.toFixed(1)};
    vec2 inner = mix( vec2( .02, .004 ), vec2( .98, .996 ), uv );
    vMapUv = ( vec2( column, row ) + inner ) / vec2( ${atlas.columns.toFixed(1)}, ${(atlas.rows / atlas.rows_part).toFixed(6)} );
    #ifdef HALL_TITLES
      float slot = max( _TITLE - 1., 0. ), titleRow = floor( ( slot + .5 ) / hallTitleCells.x );
      vTitle = vec3( ( vec2( slot - titleRow * hallTitleCells.x, titleRow ) + inner ) / hallTitleCells, step( .5, _TITLE ) );
    #endif
    vCloth = pow( _CLOTH.rgb, vec3( 1.7 ) ) * 1.35;
    float foot = mix( .62, 1., smoothstep( 0., .10, position.y ) );
    vBaked = mix( unbake( _LIT0.rgb ), unbake( _LIT1.rgb ), position.y ) * uv1.y * foot * 1.3;
    vSpine = vec4( uv1.x, uv, volume );
  `,
  fragmentCommon: /* glsl */ `
    varying vec3 vCloth, vBaked;
    varying vec4 vSpine;
    #ifdef HALL_TITLES
      uniform sampler2D hallTitles;
      varying vec3 vTitle;
    #endif
    float gilt;
  `,
  map: (atlas: SpineAtlas, simple: boolean) => /* glsl */ `
    vec3 mask = texture2D( map, vMapUv ).rgb;
    #ifdef HALL_TITLES
      mask = mix( mask, texture2D( hallTitles, vTitle.xy ).rgb, step( .5, vTitle.z ) );
    #endif
    gilt = 0.;
    if ( vSpine.x < .25 ) {
      gilt = smoothstep( .18, .75, mask.r );
      ${simple ? "" : volumeNumber(atlas)}
      float shade = mask.b * 2.;
      diffuseColor.rgb = mix( vCloth, vec3( .50, .40, .26 ), smoothstep( .3, .7, mask.g ) ) * shade * mix( shade, 1., .4 );
      diffuseColor.rgb = mix( diffuseColor.rgb, vec3( .82, .58, .24 ), gilt );
    } else if ( vSpine.x < .75 ) diffuseColor.rgb = vCloth * .9;
    else diffuseColor.rgb = vec3( .50, .42, .29 ) * ( .86 + .14 * sin( vSpine.y * 90. ) );
    ${simple ? "diffuseColor.rgb *= vBaked;" : ""}
  `,
  roughness: "float roughnessFactor = mix( vSpine.x > .75 ? .95 : roughness, .34, gilt );",
  metalness: "float metalnessFactor = gilt * .45;",
  light: LIGHT("vBaked"),
};

function volumeNumber(atlas: SpineAtlas): string {
  const [top, foot] = atlas.volume_band;
  const strip = (1 - atlas.rows_part).toFixed(6);
  return /* glsl */ `
    float band = ( vSpine.z - ${top.toFixed(4)} ) / ${(foot - top).toFixed(4)};
    if ( vSpine.w > .5 && band > 0. && band < 1. ) {
      vec2 at = vec2( ( vSpine.w - 1. + mix( .15, .85, vSpine.y ) ) / ${atlas.columns.toFixed(1)}, ${atlas.rows_part.toFixed(6)} + ${strip} * mix( .08, .92, band ) );
      gilt = smoothstep( .10, .55, textureLod( map, at, 0. ).r );
    }
  `;
}
