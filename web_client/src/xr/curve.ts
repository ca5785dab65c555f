/** Where a ray meets the panel's sheet: part of an upright cylinder round the reader. Allocates nothing. */
import { Matrix4, type Object3D, Vector3 } from "three";

export interface Sheet {
  radius_metres: number;
  width_metres: number;
  height_metres: number;
}

export interface Meeting {
  /** From the ray's origin. */
  metres: number;
  /** 0 … 1 from the left and from the top. */
  across: number;
  down: number;
}

const inverse = new Matrix4();
const from = new Vector3();
const along = new Vector3();

/** Writes to `out` where the ray meets the sheet of `mesh`, whose origin is the cylinder's middle; false when it does not. */
export function meet(mesh: Object3D, sheet: Sheet, origin: Vector3, direction: Vector3, out: Meeting): boolean {
  inverse.copy(mesh.matrixWorld).invert();
  from.copy(origin).applyMatrix4(inverse);
  along.copy(direction).transformDirection(inverse);
  const a = along.x ** 2 + along.z ** 2;
  const b = from.x * along.x + from.z * along.z;
  const c = from.x ** 2 + from.z ** 2 - sheet.radius_metres ** 2;
  const root = b * b - a * c;
  if (a < 1e-9 || root < 0) return false;
  for (const sign of SIGNS) {
    const metres = (-b + sign * Math.sqrt(root)) / a;
    if (metres < 0) continue;
    const angle = Math.atan2(from.x + along.x * metres, -(from.z + along.z * metres));
    out.metres = metres;
    out.across = (angle * sheet.radius_metres) / sheet.width_metres + 0.5;
    out.down = 0.5 - (from.y + along.y * metres) / sheet.height_metres;
    if (out.across >= 0 && out.across <= 1 && out.down >= 0 && out.down <= 1) return true;
  }
  return false;
}

/** The nearer side of the cylinder first: one may stand before the sheet or behind it. */
const SIGNS = [-1, 1] as const;
