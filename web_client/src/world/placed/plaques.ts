/** Captions of the nearest things as small cards, in one draw: under a picture, over anything else. */
import {
  CanvasTexture,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  type Object3D,
  PlaneGeometry,
  ShaderMaterial,
  SRGBColorSpace,
  Vector3,
} from "three";
import type { Thing } from "./thing";

export const MOST_PLAQUES = 16;
export const PLAQUE_FAR_M = 9;
const COLUMNS = 2;
const CELL_WIDTH = 512;
const CELL_HEIGHT = 160;
const ROWS = MOST_PLAQUES / COLUMNS;
const WIDE_M = 0.52;
const HIGH_M = (WIDE_M * CELL_HEIGHT) / CELL_WIDTH;
const GAP_M = 0.05;
const LINES = 2;
const LINE_PX = 60;
const FONT = '500 48px "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';

const VERTEX = /* glsl */ `
attribute vec3 place;
attribute vec3 right;
attribute vec4 cell;
varying vec2 vAt;
void main() {
  vAt = cell.xy + uv * cell.zw;
  vec3 at = place + right * position.x + vec3(0.0, position.y, 0.0);
  gl_Position = projectionMatrix * viewMatrix * vec4(at, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D atlas;
varying vec2 vAt;
void main() {
  vec4 c = texture2D(atlas, vAt);
  if (c.a < 0.5) discard;
  gl_FragColor = vec4(c.rgb, 1.0);
  #include <colorspace_fragment>
}`;

/** What stands on a thing's card, or null when it has none. `failed` words are those of a thing whose file could not be had. */
export type CardOf = (thing: Thing) => string | null;

export class Plaques {
  readonly #mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  readonly #context: CanvasRenderingContext2D;
  readonly #texture: CanvasTexture;
  readonly #place: InstancedBufferAttribute;
  readonly #right: InstancedBufferAttribute;
  readonly #cell: InstancedBufferAttribute;
  readonly #painted = new Array<string>(MOST_PLAQUES).fill("");
  #shown: readonly Thing[] = [];

  constructor(root: Object3D) {
    const canvas = document.createElement("canvas");
    canvas.width = COLUMNS * CELL_WIDTH;
    canvas.height = ROWS * CELL_HEIGHT;
    this.#context = canvas.getContext("2d")!;
    this.#texture = new CanvasTexture(canvas);
    this.#texture.colorSpace = SRGBColorSpace;
    this.#texture.anisotropy = 4;
    const quad = new PlaneGeometry(1, 1);
    const geometry = new InstancedBufferGeometry();
    geometry.index = quad.index;
    geometry.setAttribute("position", quad.getAttribute("position"));
    geometry.setAttribute("uv", quad.getAttribute("uv"));
    const dynamic = (name: string, width: number): InstancedBufferAttribute => {
      const made = new InstancedBufferAttribute(new Float32Array(MOST_PLAQUES * width), width);
      geometry.setAttribute(name, made.setUsage(DynamicDrawUsage));
      return made;
    };
    this.#place = dynamic("place", 3);
    this.#right = dynamic("right", 3);
    this.#cell = dynamic("cell", 4);
    geometry.instanceCount = 0;
    const material = new ShaderMaterial({
      uniforms: { atlas: { value: this.#texture } },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      side: 2,
    });
    geometry.scale(WIDE_M, HIGH_M, 1);
    this.#mesh = new Mesh(geometry, material);
    this.#mesh.frustumCulled = false;
    this.#mesh.renderOrder = 2;
    root.add(this.#mesh);
  }

  /** The nearest things with a card, nearest first. */
  fill(things: readonly Thing[], card: CardOf): void {
    this.#shown = things.slice(0, MOST_PLAQUES);
    let dirty = false;
    this.#shown.forEach((thing, i) => {
      const text = card(thing) ?? "";
      const column = i % COLUMNS;
      const row = Math.floor(i / COLUMNS);
      this.#cell.setXYZW(i, column / COLUMNS, 1 - (row + 1) / ROWS, 1 / COLUMNS, 1 / ROWS);
      if (this.#painted[i] === text) return;
      this.#painted[i] = text;
      paint(this.#context, text, column * CELL_WIDTH, row * CELL_HEIGHT);
      dirty = true;
    });
    if (dirty) this.#texture.needsUpdate = true;
    this.#cell.needsUpdate = true;
    this.#mesh.geometry.instanceCount = this.#shown.length;
  }

  /** Cards over standing things turn to who looks. */
  update(eye: Vector3): void {
    if (this.#shown.length === 0) return;
    this.#shown.forEach((thing, i) => {
      place(thing, eye);
      this.#place.setXYZ(i, at.x, at.y, at.z);
      this.#right.setXYZ(i, right.x, right.y, right.z);
    });
    this.#place.needsUpdate = this.#right.needsUpdate = true;
  }

  dispose(): void {
    this.#mesh.removeFromParent();
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
    this.#texture.dispose();
  }
}

const at = new Vector3();
const right = new Vector3();

function place(thing: Thing, eye: Vector3): void {
  thing.centre(at);
  const high = 0.5 * thing.scale * thing.size.y;
  if (thing.hangs) {
    right.set(1, 0, 0).applyQuaternion(thing.rotation).setY(0).normalize();
    // A card of its own is the thing itself; a picture's hangs under it, a little before the wall.
    const front = thing.kind === "plaque" ? 0.02 : 0.01;
    if (thing.kind !== "plaque") at.y -= high + GAP_M + HIGH_M / 2;
    at.x -= right.z * front;
    at.z += right.x * front;
    return;
  }
  at.y += high + GAP_M + HIGH_M / 2;
  right.set(eye.z - at.z, 0, at.x - eye.x);
  if (right.lengthSq() < 1e-6) right.set(1, 0, 0);
  right.normalize();
}

function paint(context: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  context.clearRect(x, y, CELL_WIDTH, CELL_HEIGHT);
  context.fillStyle = "#f4ead5";
  context.strokeStyle = "#8a6a33";
  context.lineWidth = 4;
  context.beginPath();
  context.roundRect(x + 3, y + 3, CELL_WIDTH - 6, CELL_HEIGHT - 6, 10);
  context.fill();
  context.stroke();
  context.fillStyle = "#2b2018";
  context.font = FONT;
  context.textBaseline = "middle";
  context.textAlign = "center";
  const lines = wrap(text, LINES, (words) => context.measureText(words).width <= CELL_WIDTH - 40);
  lines.forEach((line, i) =>
    context.fillText(line, x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2 + (i - (lines.length - 1) / 2) * LINE_PX),
  );
}

/** Breaks between words, and between any two characters of a script without spaces; what is too long ends with an ellipsis. */
export function wrap(text: string, most: number, fits: (line: string) => boolean): string[] {
  const pieces =
    text
      .trim()
      .match(/[\p{Script=Han}\u3000-\u303f\uff00-\uffef]|[^\s\p{Script=Han}\u3000-\u303f\uff00-\uffef]+|\s+/gu) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces.flatMap((whole) => (fits(whole) ? [whole] : [...whole]))) {
    if (!line && !piece.trim()) continue;
    if (fits(line + piece)) {
      line += piece;
      continue;
    }
    if (lines.length === most - 1) {
      while (line && !fits(`${line}…`)) line = line.slice(0, -1);
      return [...lines, `${line.trimEnd()}…`];
    }
    lines.push(line.trimEnd());
    line = piece.trim() ? piece : "";
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}
