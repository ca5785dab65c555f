/** Who is drawn how: the nearest few in detail, the next simplified, everybody else as impostors. Nothing is allocated after construction. */

export const TIER = { none: 0, near: 1, far: 2, impostor: 3 } as const;
export type Tier = (typeof TIER)[keyof typeof TIER];

export interface TierLimits {
  readonly near: number;
  readonly far: number;
  /** Nobody beyond this is drawn in detail, metres. */
  readonly nearWithin_m: number;
  readonly farWithin_m: number;
}

export const LIMITS: Readonly<Record<"high" | "low", TierLimits>> = {
  high: { near: 12, far: 40, nearWithin_m: 14, farWithin_m: 45 },
  low: { near: 3, far: 40, nearWithin_m: 6, farWithin_m: 30 },
};

/** Who is in a tier already keeps it until somebody is clearly nearer, so that nobody flickers at a border. */
const KEEP = 0.85;

export class TierSorter {
  /** The tier of each row after `sort`. */
  readonly tier: Uint8Array;
  readonly #order: Int32Array;
  readonly #distance: Float32Array;

  constructor(capacity: number) {
    this.tier = new Uint8Array(capacity);
    const kept = LIMITS.high.near + LIMITS.high.far;
    this.#order = new Int32Array(kept);
    this.#distance = new Float32Array(kept);
  }

  /**
   * Sets `tier` for rows 0 … count-1: `places` holds x, z of each (metres), `live` is 0 for rows that nobody uses.
   */
  sort(count: number, places: Float32Array, live: Uint8Array, x: number, z: number, limits: TierLimits): void {
    const kept = Math.min(this.#order.length, limits.near + limits.far);
    let have = 0;
    for (let row = 0; row < count; row++) {
      if (!live[row]) {
        this.tier[row] = TIER.none;
        continue;
      }
      const before = this.tier[row]!;
      let d = Math.hypot(places[2 * row]! - x, places[2 * row + 1]! - z);
      if (!(d >= 0)) d = Infinity;
      if (before === TIER.near) d *= KEEP * KEEP;
      else if (before === TIER.far) d *= KEEP;
      this.tier[row] = TIER.impostor;
      if (have === kept && d >= this.#distance[have - 1]!) continue;
      let at = have < kept ? have++ : have - 1;
      while (at > 0 && this.#distance[at - 1]! > d) {
        this.#distance[at] = this.#distance[at - 1]!;
        this.#order[at] = this.#order[at - 1]!;
        at--;
      }
      this.#distance[at] = d;
      this.#order[at] = row;
    }
    for (let i = 0; i < have; i++) {
      const d = this.#distance[i]!;
      const row = this.#order[i]!;
      if (i < limits.near && d < limits.nearWithin_m) this.tier[row] = TIER.near;
      else if (i < limits.near + limits.far && d < limits.farWithin_m) this.tier[row] = TIER.far;
    }
    // When few are near, the far tier still holds no more than its share.
    let far = 0;
    for (let i = 0; i < have; i++) {
      const row = this.#order[i]!;
      if (this.tier[row] === TIER.far && ++far > limits.far) this.tier[row] = TIER.impostor;
    }
  }
}
