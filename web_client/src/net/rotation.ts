/** Smallest-three quaternions in 32 bits: the largest part's index in the top two bits, the other three in ten bits each. */

const LEVELS = 1023;
const LIMIT = Math.SQRT1_2;
const STEP = (2 * LIMIT) / LEVELS;
/** For each index of the largest part, the other three in order. */
const OTHERS = [1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2] as const;

const parts = new Float64Array(4);

/** Any quaternion `xyzw` → its word; zero or non-finite ones become the identity. Half a step of error in each part (0.0049 rad in all). */
export function encodeRotation(x: number, y: number, z: number, w: number): number {
  const norm = Math.hypot(x, y, z, w);
  if (!(norm > 1e-9) || !Number.isFinite(norm)) return encodeRotation(0, 0, 0, 1);
  parts[0] = x / norm;
  parts[1] = y / norm;
  parts[2] = z / norm;
  parts[3] = w / norm;
  let largest = 0;
  for (let i = 1; i < 4; i++) if (Math.abs(parts[i]!) > Math.abs(parts[largest]!)) largest = i;
  const sign = parts[largest]! < 0 ? -1 : 1;
  let word = largest;
  for (let i = 0; i < 3; i++) {
    const part = Math.min(LIMIT, Math.max(-LIMIT, parts[OTHERS[largest * 3 + i]!]! * sign));
    word = word * 1024 + roundEven((part + LIMIT) / STEP);
  }
  return word >>> 0;
}

/** Ties go to the even neighbour, as numpy's `rint` has them, so that both sides make the same bytes. */
function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
  return rest < 0.5 ? down : down + 1;
}

/** Writes the unit quaternion `xyzw` of a word to `out[at..at+3]`. Every word decodes to something valid. */
export function decodeRotation(word: number, out: Float32Array | Float64Array | number[], at: number): void {
  const largest = word >>> 30;
  let rest = 1;
  for (let i = 0; i < 3; i++) {
    const part = ((word >>> (20 - 10 * i)) & LEVELS) * STEP - LIMIT;
    out[at + OTHERS[largest * 3 + i]!] = part;
    rest -= part * part;
  }
  // Words that no encoder makes can have more than unit length in the three parts; the norm below puts that right.
  const last = Math.sqrt(Math.max(0, rest));
  const norm = Math.sqrt(Math.max(0, 1 - rest) + last * last);
  out[at + largest] = last;
  for (let i = 0; i < 4; i++) out[at + i]! /= norm;
}
