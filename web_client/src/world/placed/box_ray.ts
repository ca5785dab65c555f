/** Rays and walking bodies against the boxes of things. */
import { Matrix4, Quaternion, Vector3 } from "three";
import type { Thing } from "./thing";

export interface BoxHit {
  distance: number;
  readonly point: Vector3;
  /** Outward, in the room's frame. */
  readonly normal: Vector3;
}

const middle = new Vector3();
const from = new Vector3();
const along = new Vector3();
const inverse = new Quaternion();
const ZERO = new Vector3();

/** Where a ray first enters the thing's box within `reach`; a ray that begins inside meets nothing. */
export function hitBox(thing: Thing, origin: Vector3, direction: Vector3, reach: number, out: BoxHit): boolean {
  thing.centre(middle);
  from.subVectors(origin, middle);
  const radius = thing.radius_m;
  const ahead = -from.dot(direction);
  if (ahead + radius < 0 || ahead - radius > reach || from.lengthSq() - ahead * ahead > radius * radius) return false;
  inverse.copy(thing.rotation).invert();
  from.applyQuaternion(inverse);
  along.copy(direction).applyQuaternion(inverse);
  let enter = 0;
  let leave = reach;
  let side = -1;
  for (let axis = 0; axis < 3; axis++) {
    const half = 0.5 * thing.scale * thing.size.getComponent(axis);
    const speed = along.getComponent(axis);
    const at = from.getComponent(axis);
    if (Math.abs(speed) < 1e-9) {
      if (Math.abs(at) > half) return false;
      continue;
    }
    const first = (-Math.sign(speed) * half - at) / speed;
    if (first > enter) {
      enter = first;
      side = axis;
    }
    leave = Math.min(leave, (Math.sign(speed) * half - at) / speed);
  }
  if (side < 0 || enter > leave) return false;
  out.distance = enter;
  out.point.copy(origin).addScaledVector(direction, enter);
  out.normal
    .copy(ZERO)
    .setComponent(side, -Math.sign(along.getComponent(side)))
    .applyQuaternion(thing.rotation);
  return true;
}

const matrix = new Matrix4();
const axisX = new Vector3();
const axisZ = new Vector3();

/**
 * How a standing circle of `radius` at (x, z) must move to leave the thing's box, on the floor plan; false when it does not touch. The
 * middle of whoever is inside is left alone, so that nobody is locked into a thing that was put over them.
 */
export function pushOut(thing: Thing, x: number, z: number, radius: number, out: Vector3): boolean {
  thing.box(matrix);
  middle.setFromMatrixPosition(matrix);
  matrix.extractBasis(axisX, from, axisZ);
  const half_x = axisX.length() / 2;
  const half_z = axisZ.length() / 2;
  axisX.setY(0).normalize();
  axisZ.setY(0).normalize();
  const dx = x - middle.x;
  const dz = z - middle.z;
  const u = dx * axisX.x + dz * axisX.z;
  const v = dx * axisZ.x + dz * axisZ.z;
  const out_u = u - Math.min(half_x, Math.max(-half_x, u));
  const out_v = v - Math.min(half_z, Math.max(-half_z, v));
  const apart = Math.hypot(out_u, out_v);
  if (apart >= radius || apart < 1e-6) return false;
  const far = (radius - apart) / apart;
  out.set((axisX.x * out_u + axisZ.x * out_v) * far, 0, (axisX.z * out_u + axisZ.z * out_v) * far);
  return true;
}
