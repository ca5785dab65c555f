/**
 * Levels of detail of a hall: near, mid and far geometry for each zone along its length, books as instances in two levels
 * and as one picture a case far away. See docs/design/hall-format.md.
 */
import { BufferGeometry, Group, InstancedMesh, Mesh, type Object3D, type Vector3 } from "three";
import { isPerInstance, type HallQuality, type HallSettings } from "./hall_light";

const HYSTERESIS_M = 0.6;
const NEAR_BOOKS_M: Record<HallQuality, number> = { high: 1.8, low: 0.8 };
const WHOLE_HALL = -1;

interface Marks {
  zone?: number;
  level?: number;
  books?: string;
  book?: "near" | "far";
}

interface Zone {
  /** z of its two ends in the hall's frame, low first. */
  from: number;
  to: number;
  level: number;
  levels: [Object3D[], Object3D[], Object3D[]];
  books: Books[];
}

interface Books {
  mesh: InstancedMesh;
  near: BufferGeometry;
  far: BufferGeometry;
  /** Middle and reach of the chunk. */
  x: number;
  y: number;
  z: number;
  radius: number;
}

/** Shows for each zone the level its distance asks for. `update` allocates nothing. */
export class HallLod {
  /** Everything to draw: add this to the scene instead of the file's own scenes. */
  readonly root = new Group();
  private readonly zones: Zone[] = [];
  private readonly loose: Books[] = [];
  private readonly limits: readonly [number, number];
  private readonly nearBooks_m: number;
  /** The shapes of a book near and far, where the hall's books come as a table. */
  readonly shapes: { near?: Mesh; far?: Mesh } = {};
  /** Counts changes of level. */
  version = 0;

  /** `scenes` are those of the loaded file: the first is the hall, the second holds its other levels. */
  constructor(scenes: readonly Object3D[], settings: HallSettings, quality: HallQuality) {
    this.limits = settings.switch_m[quality];
    this.nearBooks_m = NEAR_BOOKS_M[quality];
    for (let z = 0; z < settings.zones; z += 1) {
      const [from, to] = [-(z + 1) * settings.bay_m, -z * settings.bay_m];
      this.zones.push({ from, to, level: -1, levels: [[], [], []], books: [] });
    }
    this.root.add(...scenes);
    const farBook = this.findFarBook();
    this.root.traverse((node) => {
      node.matrixAutoUpdate = false;
      node.updateMatrix();
      if (node instanceof Mesh) this.sort(node, farBook);
    });
    this.root.updateMatrixWorld(true);
  }

  /** Choose levels for an eye in the hall's own frame. */
  update(eye: Vector3): void {
    for (const zone of this.zones) {
      const distance = Math.max(zone.from - eye.z, eye.z - zone.to, 0);
      const level = this.levelAt(distance, zone.level);
      if (level !== zone.level) this.show(zone, level);
      if (level < 2) for (const books of zone.books) this.refine(books, eye);
    }
    for (const books of this.loose) this.refine(books, eye);
  }

  /** True when only the outlines of this zone's furniture are shown. */
  isFar(zone: number): boolean {
    return this.zones[zone]?.level === 2;
  }

  dispose(): void {
    this.root.traverse((node) => {
      if (node instanceof InstancedMesh) node.dispose();
      if (node instanceof Mesh) (node.geometry as BufferGeometry).dispose();
    });
    for (const zone of this.zones) for (const books of zone.books) books.far.dispose();
    for (const books of this.loose) books.far.dispose();
    this.root.clear();
  }

  private levelAt(distance: number, now: number): number {
    const [near, mid] = this.limits;
    const slack = now < 0 ? 0 : HYSTERESIS_M;
    if (distance < near + (now === 0 ? slack : 0)) return 0;
    return distance < mid + (now >= 0 && now <= 1 ? slack : 0) ? 1 : 2;
  }

  private show(zone: Zone, level: number): void {
    zone.level = level;
    this.version++;
    for (let k = 0; k < 3; k += 1) for (const node of zone.levels[k] ?? []) node.visible = k === level;
    for (const books of zone.books) books.mesh.visible = level < 2;
  }

  private refine(books: Books, eye: Vector3): void {
    const distance = Math.hypot(eye.x - books.x, eye.y - books.y, eye.z - books.z) - books.radius;
    books.mesh.geometry = distance < this.nearBooks_m ? books.near : books.far;
  }

  private findFarBook(): Mesh | undefined {
    let found: Mesh | undefined;
    this.root.traverse((node) => {
      if (node instanceof Mesh && marksOf(node).book === "far") found = node;
    });
    return found;
  }

  private sort(mesh: Mesh, farBook: Mesh | undefined): void {
    const { zone, level, books, book } = marksOf(mesh);
    if (book) {
      mesh.visible = false;
      this.shapes[book] = mesh;
    } else if (books !== undefined && mesh instanceof InstancedMesh && farBook) {
      const chunk = asBooks(mesh, farBook.geometry as BufferGeometry);
      const home = zone === undefined || zone === WHOLE_HALL ? undefined : this.zones[zone];
      (home?.books ?? this.loose).push(chunk);
    } else if (zone !== undefined && level !== undefined) {
      mesh.visible = false;
      this.zones[zone]?.levels[level]?.push(mesh);
    }
  }
}

/** A chunk of instances that can swap its mesh: the far geometry borrows the near one's columns of instance data. */
function asBooks(mesh: InstancedMesh, farShape: BufferGeometry): Books {
  const near = mesh.geometry as BufferGeometry;
  const far = farShape.clone();
  for (const [name, attribute] of Object.entries(near.attributes)) {
    if (isPerInstance(attribute)) far.setAttribute(name, attribute);
  }
  mesh.computeBoundingSphere();
  const { center, radius } = mesh.boundingSphere ?? { center: { x: 0, y: 0, z: 0 }, radius: 100 };
  return { mesh, near, far, x: center.x, y: center.y, z: center.z, radius };
}

/** Marks of a mesh; instanced meshes carry them on the node the loader made, which may be the mesh's parent. */
function marksOf(mesh: Object3D): Marks {
  const own = mesh.userData["carrel"] as Marks | undefined;
  return own ?? (mesh.parent?.userData["carrel"] as Marks | undefined) ?? {};
}
