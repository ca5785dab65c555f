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
  /** First surface that a ray meets; `point` and `normal` are written. False when it meets none within `reach` metres. */
  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal: Vector3): boolean;
}

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

  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal: Vector3): boolean {
    const distance = (this.floor() - origin.y) / direction.y;
    if (!(distance > 0) || distance > reach) return false;
    point.copy(origin).addScaledVector(direction, distance);
    normal.set(0, 1, 0);
    return point.x > this.min.x && point.x < this.max.x && point.z > this.min.z && point.z < this.max.z;
  }
}

/** A mesh of walls and floors in a bounding volume tree. */
export class MeshGround implements Ground {
  readonly #tree: MeshBVH;
  readonly #segment = new Line3();
  readonly #box = new Box3();
  readonly #ray = new Ray();
  readonly #on_triangle = new Vector3();
  readonly #on_segment = new Vector3();
  readonly #push = new Vector3();
  readonly #down = new Vector3(0, -1, 0);
  readonly #up_from = new Vector3();
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

  constructor(geometry: BufferGeometry) {
    this.#tree = new MeshBVH(geometry);
  }

  get triangles(): number {
    return (this.#tree.geometry.index?.count ?? 0) / 3;
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
    this.#tree.shapecast(this.#against);
    const { x: to_x, z: to_z } = this.#segment.start;
    // Over an edge with nothing below, or onto something higher than a step: stay.
    const floor = this.floor(to_x, feet.y + STEP_METRES + 0.01, to_z);
    if (floor === null) return;
    feet.x = to_x;
    feet.z = to_z;
  }

  floor(x: number, from_y: number, z: number): number | null {
    this.#ray.origin.copy(this.#up_from.set(x, from_y, z));
    this.#ray.direction.copy(this.#down);
    const hit = this.#tree.raycastFirst(this.#ray, DoubleSide);
    return hit ? hit.point.y : null;
  }

  hit(origin: Vector3, direction: Vector3, reach: number, point: Vector3, normal: Vector3): boolean {
    this.#ray.origin.copy(origin);
    this.#ray.direction.copy(direction);
    const hit = this.#tree.raycastFirst(this.#ray, DoubleSide);
    if (!hit || hit.distance > reach) return false;
    point.copy(hit.point);
    if (hit.face) normal.copy(hit.face.normal);
    if (normal.dot(direction) > 0) normal.negate();
    return true;
  }
}

export function isFloor(normal: Vector3): boolean {
  return normal.y > FLOOR_NORMAL_Y;
}

/** All meshes under `root` as one collider, in world coordinates; null when there are none. */
export function groundOf(root: Object3D): MeshGround | null {
  const parts: BufferGeometry[] = [];
  root.updateMatrixWorld(true);
  root.traverse((node) => {
    if (!(node instanceof Mesh)) return;
    parts.push(positionsOnly(node.geometry as BufferGeometry, node.matrixWorld));
  });
  const merged = parts.length ? mergeGeometries(parts) : null;
  return merged ? new MeshGround(merged) : null;
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
