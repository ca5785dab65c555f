/**
 * All books of a hall in three draws: whole books near by, boxes farther off, a picture a column beyond. What is drawn is
 * chosen anew when the eye has moved or turned; between two choices nothing is done and nothing is made.
 */
import {
  type BufferGeometry,
  DynamicDrawUsage,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  type Material,
  Mesh,
  MeshBasicMaterial,
  type PerspectiveCamera,
  Vector3,
} from "three";
import { type CasePictures, paintCases } from "./case_pictures";
import { BOXES, type Budget, BUDGETS, type Chunk, Levels, type Sight, WHOLE } from "./chunks";
import type { ShelfLight, Stock } from "./columns";

const MOVED_M = 0.2;
const TURNED = Math.cos((6 * Math.PI) / 180);
/** Beyond the picture's edge, for a turn until the next choice. */
const MARGIN = (12 * Math.PI) / 180;
/** What a headset may show at most around the way it looks. */
const HEADSET_HALF_ANGLE = (72 * Math.PI) / 180;
/** A design whose title stands lower than this part of the spine is leather with bands. */
const BANDED_FROM = 0.2;

/** What the hall's file gives: the book near and far, the material of both, where titles stand on each design. */
export interface BookParts {
  near: BufferGeometry;
  far: BufferGeometry;
  whole: Material;
  boxes: Material;
  designs: readonly (readonly [number, number, number])[];
  light: ShelfLight;
}

/** `[attribute, column, numbers a book]` of what is copied for each book shown. */
const COPIED = [
  ["_CELL", "cell", 1],
  ["_CLOTH", "cloth", 4],
  ["_LIT0", "foot", 4],
  ["_LIT1", "head", 4],
  ["_TITLE", "title", 1],
] as const;

export class Shelves {
  readonly root = new Group();
  readonly chunks: readonly Chunk[];
  readonly levels: Levels;
  readonly #whole: InstancedMesh;
  readonly #boxes: InstancedMesh;
  readonly #pictures: CasePictures;
  readonly #pictureMesh: Mesh;
  readonly #budget: Budget;
  readonly #sight: Sight = { eye: new Vector3(Infinity, 0, 0), ahead: new Vector3(), cosine: 0, sine: 1 };
  readonly #ahead = new Vector3();
  /** Where a chunk's books lie in the near mesh, or -1. */
  readonly #wholeAt: Int32Array;
  #chosen = false;

  constructor(
    private readonly stock: Stock,
    parts: BookParts,
    quality: "high" | "low",
    takeOver: (mesh: Mesh) => void,
  ) {
    this.#budget = BUDGETS[quality];
    const { table, chunks, columns } = stock;
    this.chunks = chunks;
    this.levels = new Levels(chunks);
    this.#wholeAt = new Int32Array(this.chunks.length).fill(-1);
    const leather = parts.designs.map(([top]) => top > BANDED_FROM);
    this.#pictures = paintCases(table, columns, chunks, leather, parts.light.range, quality);
    const material = new MeshBasicMaterial({ map: this.#pictures.texture, name: "case pictures" });
    material.userData["carrel"] = { light: "picture", range: 1, gain: 1 };
    this.#pictureMesh = new Mesh(this.#pictures.geometry, material);
    takeOver(this.#pictureMesh);
    this.#whole = shown(parts.near, parts.whole, Math.min(table.books.count, this.#budget.whole_books));
    this.#boxes = shown(parts.far, parts.boxes, Math.min(table.books.count, this.#budget.boxes_books));
    this.root.add(this.#whole, this.#boxes, this.#pictureMesh);
    for (const mesh of [this.#whole, this.#boxes, this.#pictureMesh]) {
      mesh.frustumCulled = false;
      mesh.matrixAutoUpdate = false;
    }
  }

  /** `presenting`: a headset looks farther aside than the page's camera. `simple` tells of cases too simplified for books. */
  update(eye: Vector3, camera: PerspectiveCamera, presenting: boolean, simple: (bay: number) => boolean): void {
    const sight = this.#sight;
    camera.getWorldDirection(this.#ahead);
    if (this.#chosen && sight.eye.distanceToSquared(eye) < MOVED_M ** 2 && sight.ahead.dot(this.#ahead) > TURNED)
      return;
    this.#chosen = true;
    sight.eye.copy(eye);
    sight.ahead.copy(this.#ahead);
    const half = presenting ? HEADSET_HALF_ANGLE : halfAngle(camera) + MARGIN;
    sight.cosine = Math.cos(half);
    sight.sine = Math.sin(half);
    if (!this.levels.choose(sight, this.#budget, simple)) return;
    this.#fill(this.#whole, WHOLE);
    this.#fill(this.#boxes, BOXES);
    this.#pictures.show(this.levels.level);
  }

  /** The zone of each bay. */
  get zones(): number[] {
    return this.stock.table.bays.map(({ zone }) => zone);
  }

  /** The next update chooses anew, wherever the eye is. */
  again(): void {
    this.#chosen = false;
  }

  /** Tells the graphics card that a whole book's title is another. */
  retitle(chunk: number, book: number): void {
    const at = this.#wholeAt[chunk]!;
    if (at < 0) return;
    const attribute = this.#whole.geometry.getAttribute("_TITLE") as InstancedBufferAttribute;
    const place = at + book - this.chunks[chunk]!.firstBook;
    attribute.array[place] = this.stock.columns.title[book]!;
    attribute.addUpdateRange(place, 1);
    attribute.needsUpdate = true;
  }

  #fill(mesh: InstancedMesh, level: number): void {
    const { matrix, count } = this.stock.columns;
    let at = 0;
    for (const [k, { firstBook, books }] of this.chunks.entries()) {
      const here = this.levels.level[k] === level;
      if (level === WHOLE) this.#wholeAt[k] = here ? at : -1;
      if (!here) continue;
      const end = Math.min(count, firstBook + books);
      mesh.instanceMatrix.array.set(matrix.subarray(firstBook * 16, end * 16), at * 16);
      for (const [name, column, wide] of COPIED) {
        const attribute = mesh.geometry.getAttribute(name) as InstancedBufferAttribute;
        attribute.array.set(this.stock.columns[column].subarray(firstBook * wide, end * wide), at * wide);
      }
      at += books;
    }
    mesh.count = at;
    mesh.visible = at > 0;
    upload(mesh.instanceMatrix, at * 16);
    for (const [name, , wide] of COPIED)
      upload(mesh.geometry.getAttribute(name) as InstancedBufferAttribute, at * wide);
  }

  dispose(): void {
    this.root.removeFromParent();
    for (const mesh of [this.#whole, this.#boxes]) {
      mesh.geometry.dispose();
      mesh.dispose();
    }
    this.#pictures.geometry.dispose();
    this.#pictures.texture.dispose();
    (this.#pictureMesh.material as Material).dispose();
  }
}

function shown(shape: BufferGeometry, material: Material, most: number): InstancedMesh {
  const geometry = shape.clone();
  const bytes: Record<string, InstancedBufferAttribute> = {
    _CELL: new InstancedBufferAttribute(new Uint16Array(most), 1),
    _CLOTH: new InstancedBufferAttribute(new Uint8Array(most * 4), 4, true),
    _LIT0: new InstancedBufferAttribute(new Uint8Array(most * 4), 4, true),
    _LIT1: new InstancedBufferAttribute(new Uint8Array(most * 4), 4, true),
    _TITLE: new InstancedBufferAttribute(new Uint8Array(most), 1),
  };
  for (const [name, attribute] of Object.entries(bytes)) {
    attribute.setUsage(DynamicDrawUsage);
    geometry.setAttribute(name, attribute);
  }
  const mesh = new InstancedMesh(geometry, material, most);
  mesh.instanceMatrix.setUsage(DynamicDrawUsage);
  mesh.count = 0;
  return mesh;
}

function upload(attribute: InstancedBufferAttribute, numbers: number): void {
  attribute.clearUpdateRanges();
  if (numbers === 0) return;
  attribute.addUpdateRange(0, numbers);
  attribute.needsUpdate = true;
}

/** From the middle of the picture to its corner. */
function halfAngle(camera: PerspectiveCamera): number {
  const up = Math.tan((camera.fov * Math.PI) / 360);
  return Math.atan(Math.hypot(up, up * camera.aspect));
}
