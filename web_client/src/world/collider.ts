/** What a body may not walk through, and what it stands on. Metres, +Y up. */
import {
  Box3,
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  Line3,
  Matrix4,
  Mesh,
  type Object3D,
  Ray,
  Vector3,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import { MeshBVH, type ExtendedTriangle } from "three-mesh-bvh";

/** Highest step that is walked up without thinking. */
export const STEP_METRES = 0.35;
const RADIUS_METRES = 0.26;
const HEAD_METRES = 1.7;
/** No move of a capsule is longer than this, so that it cannot pass through a wall. */
const STRIDE_METRES = 0.1;
/** Surfaces less steep than this are floor. */
const FLOOR_NORMAL_Y = 0.7;

export interface Ground {
  /** Moves `feet` by (dx, dz), sliding along what is in the way. */
  slide(feet: Vector3, dx: number, dz: number): void;
  /** Height of the floor below `from_y` at (x, z), or null when there is none. */
  floor(x: number, from_y: number, z: number): number | null;
  /** First surface that a ray meets within `reach` metres, or null; `point` is written, and `normal` toward where the ray came from. */
  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal?: Vector3): Surface | null;
}

/** `floor` can be stood on; table tops cannot, however level they are. */
export type Surface = "floor" | "wall";

/** A flat floor with walls at the room's bounds, for rooms that bring no collider. */
export class PlainGround implements Ground {
  constructor(
    private readonly min: Vector3,
    private readonly max: Vector3,
  ) {}

  slide(feet: Vector3, dx: number, dz: number): void {
    feet.x = clamp(feet.x + dx, this.min.x + RADIUS_METRES, this.max.x - RADIUS_METRES);
    feet.z = clamp(feet.z + dz, this.min.z + RADIUS_METRES, this.max.z - RADIUS_METRES);
  }

  floor(): number {
    return Math.max(0, this.min.y);
  }

  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal?: Vector3): Surface | null {
    const distance = (this.floor() - origin.y) / direction.y;
    if (distance > 0 && distance <= reach) {
      point.copy(origin).addScaledVector(direction, distance);
      normal?.set(0, 1, 0);
      if (point.x > this.min.x && point.x < this.max.x && point.z > this.min.z && point.z < this.max.z) return "floor";
    }
    return this.#wall(origin, direction, reach, point, normal);
  }

  /** The bounds are walls to hang things on. */
  #wall(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal?: Vector3): Surface | null {
    let nearest = reach;
    let found: Surface | null = null;
    for (const axis of ["x", "z"] as const) {
      const wall = direction[axis] > 0 ? this.max[axis] : this.min[axis];
      const distance = (wall - origin[axis]) / direction[axis];
      if (!(distance > 0) || distance > nearest) continue;
      nearest = distance;
      found = "wall";
      normal?.set(0, 0, 0).setComponent(axis === "x" ? 0 : 2, -Math.sign(direction[axis]));
    }
    if (found) point.copy(origin).addScaledVector(direction, nearest);
    return found;
  }
}

/** Meshes in bounding volume trees: `walk` is stood on, `block` is bumped into. One mesh may be both. */
export class MeshGround implements Ground {
  readonly #walk: MeshBVH;
  readonly #block: MeshBVH;
  readonly #segment = new Line3();
  readonly #box = new Box3();
  readonly #ray = new Ray();
  readonly #on_triangle = new Vector3();
  readonly #on_segment = new Vector3();
  readonly #push = new Vector3();
  readonly #down = new Vector3(0, -1, 0);
  /** Made once: a shapecast with fresh closures would make garbage at every step. */
  readonly #against = {
    intersectsBounds: (box: Box3): boolean => box.intersectsBox(this.#box),
    intersectsTriangle: (triangle: ExtendedTriangle): boolean => {
      const apart = triangle.closestPointToSegment(this.#segment, this.#on_triangle, this.#on_segment);
      if (apart < RADIUS_METRES) {
        this.#push.subVectors(this.#on_segment, this.#on_triangle);
        this.#push.y = 0;
        const flat = this.#push.length();
        if (flat > 1e-6) {
          this.#push.multiplyScalar((RADIUS_METRES - apart) / flat);
          this.#segment.start.add(this.#push);
          this.#segment.end.add(this.#push);
        }
      }
      return false;
    },
  };

  #under_y = -Infinity;
  /** Straight down from the ray's origin: the highest surface below it. No hit objects are made. */
  readonly #below = {
    intersectsBounds: ({ min, max }: Box3): boolean => {
      const { x, y, z } = this.#ray.origin;
      return x >= min.x && x <= max.x && z >= min.z && z <= max.z && y >= min.y && max.y > this.#under_y;
    },
    intersectsTriangle: ({ a, b, c }: ExtendedTriangle): boolean => {
      const point = this.#ray.intersectTriangle(a, b, c, false, this.#on_triangle);
      if (point && point.y > this.#under_y) this.#under_y = point.y;
      return false;
    },
  };

  constructor(walk: BufferGeometry, block: BufferGeometry) {
    this.#walk = new MeshBVH(walk);
    this.#block = walk === block ? this.#walk : new MeshBVH(block);
  }

  slide(feet: Vector3, dx: number, dz: number): void {
    const strides = Math.max(1, Math.ceil(Math.hypot(dx, dz) / STRIDE_METRES));
    for (let i = 0; i < strides; i++) this.#stride(feet, dx / strides, dz / strides);
  }

  #stride(feet: Vector3, dx: number, dz: number): void {
    // The capsule floats a step above the floor: what is lower is climbed, not bumped into.
    const x = feet.x + dx;
    const z = feet.z + dz;
    this.#segment.start.set(x, feet.y + STEP_METRES + RADIUS_METRES, z);
    this.#segment.end.set(x, feet.y + HEAD_METRES - RADIUS_METRES, z);
    this.#box.makeEmpty();
    this.#box.expandByPoint(this.#segment.start).expandByPoint(this.#segment.end).expandByScalar(RADIUS_METRES);
    this.#block.shapecast(this.#against);
    const { x: to_x, z: to_z } = this.#segment.start;
    // Over an edge with nothing below, or onto something higher than a step: stay.
    const floor = this.floor(to_x, feet.y + STEP_METRES + 0.01, to_z);
    if (floor === null) return;
    feet.x = to_x;
    feet.z = to_z;
  }

  floor(x: number, from_y: number, z: number): number | null {
    this.#ray.origin.set(x, from_y, z);
    this.#ray.direction.copy(this.#down);
    this.#under_y = -Infinity;
    this.#walk.shapecast(this.#below);
    return this.#under_y === -Infinity ? null : this.#under_y;
  }

  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal?: Vector3): Surface | null {
    this.#ray.origin.copy(origin);
    this.#ray.direction.copy(direction);
    let nearest = reach;
    let found: Surface | null = null;
    const floor = this.#walk.raycastFirst(this.#ray, DoubleSide);
    if (floor && floor.distance <= nearest) {
      nearest = floor.distance;
      point.copy(floor.point);
      if (floor.face) facing(floor.face.normal, direction, normal);
      found = floor.face && Math.abs(floor.face.normal.y) > FLOOR_NORMAL_Y && direction.y < 0 ? "floor" : "wall";
    }
    if (this.#block === this.#walk) return found;
    const wall = this.#block.raycastFirst(this.#ray, DoubleSide);
    if (!wall || wall.distance > nearest) return found;
    point.copy(wall.point);
    if (wall.face) facing(wall.face.normal, direction, normal);
    return "wall";
  }
}

function facing(face: Vector3, direction: Vector3, normal: Vector3 | undefined): void {
  normal?.copy(face).multiplyScalar(face.dot(direction) > 0 ? -1 : 1);
}

/**
 * The meshes under `root` as a collider, in world coordinates; null when there are none. Nodes called `walk` and `block` say what they are for;
 * without those names everything is both.
 */
export function groundOf(root: Object3D): MeshGround | null {
  root.updateMatrixWorld(true);
  const walk = merged(root.getObjectByName("walk") ?? root);
  if (!walk) return null;
  const named = root.getObjectByName("block");
  return new MeshGround(walk, (named && merged(named)) ?? walk);
}

function merged(root: Object3D): BufferGeometry | null {
  const parts: BufferGeometry[] = [];
  root.traverse((node) => {
    if (node instanceof Mesh) parts.push(positionsOnly(node.geometry as BufferGeometry, node.matrixWorld));
  });
  return parts.length ? mergeGeometries(parts) : null;
}

/** Positions as plain floats (files quantise them) with an index, so that all parts can be merged. */
function positionsOnly(source: BufferGeometry, matrix: Matrix4): BufferGeometry {
  const from = source.getAttribute("position");
  const out = new BufferGeometry();
  const point = new Vector3();
  const numbers = new Float32Array(from.count * 3);
  for (let i = 0; i < from.count; i++)
    point
      .fromBufferAttribute(from, i)
      .applyMatrix4(matrix)
      .toArray(numbers, i * 3);
  out.setAttribute("position", new BufferAttribute(numbers, 3));
  const index = source.index ? Array.from(source.index.array) : Array.from({ length: from.count }, (_, i) => i);
  out.setIndex(index);
  return out;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
