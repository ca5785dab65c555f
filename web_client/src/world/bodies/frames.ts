/** Orientation from a direction and a pole, without allocating: the two small functions on which the whole solver stands. */
import { Matrix4, Quaternion, Vector3 } from "three";

const x = new Vector3();
const y = new Vector3();
const z = new Vector3();
const m = new Matrix4();
const a = new Quaternion();
const b = new Quaternion();
const spare = new Vector3();

/** Any unit vector across `v`. */
export function across(v: Vector3, out: Vector3): Vector3 {
  if (Math.abs(v.x) < 0.8) out.set(1, 0, 0);
  else out.set(0, 1, 0);
  return out.addScaledVector(v, -out.dot(v)).normalize();
}

/** The part of `pole` across the unit vector `along`, of length 1; any such vector where the pole lies along it. Changes `pole`. */
export function squareTo(pole: Vector3, along: Vector3): Vector3 {
  pole.addScaledVector(along, -pole.dot(along));
  if (!(pole.lengthSq() > 1e-10)) return across(along, pole);
  return pole.normalize();
}

function frame(direction: Vector3, pole: Vector3, out: Quaternion): Quaternion {
  x.copy(direction).normalize();
  spare.copy(pole);
  squareTo(spare, x);
  z.crossVectors(x, spare);
  y.crossVectors(z, x);
  return out.setFromRotationMatrix(m.makeBasis(x, y, z));
}

/** The rotation that carries `restDirection` to `direction` and the rest pole as near as it can to `pole`. */
export function aim(
  restDirection: Vector3,
  restPole: Vector3,
  direction: Vector3,
  pole: Vector3,
  out: Quaternion,
): Quaternion {
  frame(restDirection, restPole, b).invert();
  return out.copy(frame(direction, pole, a)).multiply(b);
}

/** A unit quaternion from any four numbers; identity where they make none. */
export function safeRotation(q: Quaternion): Quaternion {
  const length = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w;
  if (!(length > 1e-12 && length < 1e12)) return q.set(0, 0, 0, 1);
  return q.normalize();
}
