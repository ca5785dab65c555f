/**
 * Name plates and reaction bubbles in one instanced draw. At most `MAX_PLATES` of the nearest people within `FAR_M` have one; text is drawn by Canvas2D
 * with the system's fonts into an atlas, once when it changes.
 */
import {
  CanvasTexture,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  LinearFilter,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  SRGBColorSpace,
  Vector3,
} from "three";
import { ATLAS, CELL, ICON, paintIcons, paintPlate, type PlateText, type Reaction, REACTIONS } from "./plate_painter";

export const MAX_PLATES = 30;
export const FAR_M = 25;
/** Between these distances a plate has the same size on the screen. */
const STEADY = { from_m: 1.5, to_m: 12 } as const;
/** Height of a plate as a share of its distance. */
const SHARE = 0.036;
const REACTION_S = 3.2;
const CELLS = CELL.columns * CELL.rows;

const VERTEX = /* glsl */ `
attribute vec4 place;
attribute vec4 cell;
attribute vec3 size;
varying vec2 vAt;
varying float vAlpha;
void main() {
  vAt = cell.xy + uv * cell.zw;
  vAlpha = size.z;
  vec4 at = viewMatrix * vec4(place.xyz, 1.0);
  at.xy += vec2(position.x * size.x, position.y * size.y + place.w);
  gl_Position = projectionMatrix * at;
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D atlas;
varying vec2 vAt;
varying float vAlpha;
void main() {
  vec4 c = texture2D(atlas, vAt);
  if (c.a < 0.02) discard;
  gl_FragColor = vec4(c.rgb, c.a * vAlpha);
  #include <colorspace_fragment>
}`;

export interface PlateState {
  readonly name: string;
  readonly badge?: string;
  readonly away?: boolean;
  readonly awayWord?: string;
  readonly handRaised?: boolean;
  readonly speaking?: boolean;
}

interface Plate {
  readonly slot: number;
  text: PlateText;
  cell: number;
  dirty: boolean;
  reaction: number;
  reacted_s: number;
  distance_m: number;
  seen: number;
  readonly crown: Vector3;
}

/** Fills `out` with the place above somebody's head; answers how much of the plate is seen, 0 when they are not placed yet. */
export type CrownOf = (slot: number, out: Vector3) => number;

export class NamePlates {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  readonly #plates = new Map<number, Plate>();
  /** The nearest first; `#shown` of them count. */
  readonly #near: (Plate | null)[] = new Array<Plate | null>(MAX_PLATES).fill(null);
  #shown = 0;
  readonly #free = Array.from({ length: CELLS }, (_, i) => i);
  readonly #context: CanvasRenderingContext2D;
  readonly #texture: CanvasTexture;
  readonly #place: InstancedBufferAttribute;
  readonly #cell: InstancedBufferAttribute;
  readonly #size: InstancedBufferAttribute;
  #count = 0;

  constructor() {
    const canvas = document.createElement("canvas");
    canvas.width = ATLAS.width;
    canvas.height = ATLAS.height;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas, so name plates cannot be drawn.");
    this.#context = context;
    paintIcons(context);
    this.#texture = new CanvasTexture(canvas);
    this.#texture.colorSpace = SRGBColorSpace;
    this.#texture.minFilter = LinearFilter;
    this.#texture.generateMipmaps = false;
    const capacity = MAX_PLATES * 2;
    const quad = new PlaneGeometry(1, 1);
    const geometry = new InstancedBufferGeometry();
    geometry.index = quad.index;
    geometry.setAttribute("position", quad.getAttribute("position"));
    geometry.setAttribute("uv", quad.getAttribute("uv"));
    const dynamic = (name: string, width: number): InstancedBufferAttribute => {
      const a = new InstancedBufferAttribute(new Float32Array(capacity * width), width).setUsage(DynamicDrawUsage);
      geometry.setAttribute(name, a);
      return a;
    };
    this.#place = dynamic("place", 4);
    this.#cell = dynamic("cell", 4);
    this.#size = dynamic("size", 3);
    geometry.instanceCount = 0;
    const material = new ShaderMaterial({
      uniforms: { atlas: { value: this.#texture } },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthWrite: false,
      toneMapped: false,
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 20;
  }

  /** How many plates are shown now. */
  get shown(): number {
    return this.#shown;
  }

  /** Gives somebody a plate, or changes it. */
  set(slot: number, state: PlateState): void {
    const text: PlateText = {
      name: state.name,
      badge: state.badge ?? "",
      away: state.away ?? false,
      awayWord: state.awayWord ?? "away",
      handRaised: state.handRaised ?? false,
      speaking: state.speaking ?? false,
    };
    const known = this.#plates.get(slot);
    if (known) {
      if (same(known.text, text)) return;
      known.text = text;
      known.dirty = true;
    } else {
      this.#plates.set(slot, {
        slot,
        text,
        cell: -1,
        dirty: true,
        reaction: -1,
        reacted_s: 0,
        distance_m: 0,
        seen: 1,
        crown: new Vector3(),
      });
    }
  }

  /** Shows a reaction above somebody's head for a few seconds. */
  react(slot: number, reaction: Reaction): void {
    const plate = this.#plates.get(slot);
    if (!plate) return;
    plate.reaction = REACTIONS.indexOf(reaction);
    plate.reacted_s = 0;
  }

  remove(slot: number): void {
    const plate = this.#plates.get(slot);
    if (!plate) return;
    this.#plates.delete(slot);
    if (plate.cell >= 0) this.#free.push(plate.cell);
  }

  /** One frame: seconds since the last, the camera in room metres, and where the crowns are. */
  update(dt: number, camera: Vector3, crownOf: CrownOf): void {
    this.#shown = 0;
    for (const plate of this.#plates.values()) {
      if (plate.reaction >= 0 && (plate.reacted_s += dt) > REACTION_S) plate.reaction = -1;
      plate.seen = crownOf(plate.slot, plate.crown);
      plate.distance_m = plate.seen > 0 ? plate.crown.distanceTo(camera) : Infinity;
      if (plate.distance_m < FAR_M) this.#rank(plate);
    }
    this.#count = 0;
    // The nearest are drawn last, over those behind them.
    for (let i = this.#shown - 1; i >= 0; i--) this.#draw(this.#near[i]!);
    this.mesh.geometry.instanceCount = this.#count;
    this.mesh.visible = this.#count > 0;
    this.#place.needsUpdate = this.#cell.needsUpdate = this.#size.needsUpdate = this.#count > 0;
  }

  /** Puts somebody among the nearest, by distance; who has no room any more gives their cell back. */
  #rank(plate: Plate): void {
    const near = this.#near;
    if (this.#shown === MAX_PLATES) {
      const last = near[MAX_PLATES - 1]!;
      this.#release(last.distance_m > plate.distance_m ? last : plate);
      if (last.distance_m <= plate.distance_m) return;
    } else this.#shown++;
    let at = this.#shown - 1;
    for (; at > 0 && near[at - 1]!.distance_m > plate.distance_m; at--) near[at] = near[at - 1]!;
    near[at] = plate;
  }

  #release(plate: Plate): void {
    if (plate.cell < 0) return;
    this.#free.push(plate.cell);
    plate.cell = -1;
    plate.dirty = true;
  }

  #draw(plate: Plate): void {
    if (plate.cell < 0) plate.cell = this.#free.pop() ?? this.#steal();
    if (plate.cell < 0) return;
    const x = (plate.cell % CELL.columns) * CELL.width;
    const y = Math.floor(plate.cell / CELL.columns) * CELL.height;
    if (plate.dirty) {
      plate.dirty = false;
      paintPlate(this.#context, x, y, plate.text);
      this.#texture.needsUpdate = true;
    }
    const d = Math.min(STEADY.to_m, Math.max(STEADY.from_m, plate.distance_m));
    const height = SHARE * d;
    const fade = plate.seen * Math.min(1, Math.max(0, (FAR_M - plate.distance_m) / 3));
    this.#put(plate, height * 0.5, x, y, CELL.width, CELL.height, height, fade * (plate.text.away ? 0.8 : 1));
    if (plate.reaction < 0) return;
    const rise = Math.min(1, plate.reacted_s * 5);
    const out = Math.min(1, (REACTION_S - plate.reacted_s) * 3);
    const icon = height * 1.35 * (0.7 + 0.3 * rise);
    this.#put(
      plate,
      height + icon * 0.55,
      plate.reaction * ICON,
      CELL.height * CELL.rows,
      ICON,
      ICON,
      icon,
      fade * out,
    );
  }

  #put(p: Plate, up: number, x: number, y: number, w: number, h: number, height: number, alpha: number): void {
    const i = this.#count++;
    this.#place.setXYZW(i, p.crown.x, p.crown.y, p.crown.z, up);
    this.#cell.setXYZW(i, x / ATLAS.width, 1 - (y + h) / ATLAS.height, w / ATLAS.width, h / ATLAS.height);
    this.#size.setXYZ(i, (height * w) / h, height, alpha);
  }

  /** A cell of somebody who is not shown now. */
  #steal(): number {
    for (const plate of this.#plates.values()) {
      if (plate.cell >= 0 && plate.distance_m >= FAR_M) {
        const { cell } = plate;
        plate.cell = -1;
        plate.dirty = true;
        return cell;
      }
    }
    return -1;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.#texture.dispose();
    this.#plates.clear();
  }
}

function same(a: PlateText, b: PlateText): boolean {
  return (
    a.name === b.name &&
    a.badge === b.badge &&
    a.away === b.away &&
    a.awayWord === b.awayWord &&
    a.handRaised === b.handRaised &&
    a.speaking === b.speaking
  );
}
