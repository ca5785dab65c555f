/** What placed models may cost: one by itself, and all that are shown in a room together. Beyond it a thing is a box with its name. */
import { type Cost, exceeds, NOTHING } from "../glb_cost";
import type { Quality } from "../stage";

const MILLION = 1_000_000;

/** A model beyond this is not made at all, whoever placed it. */
export const MODEL_MOST: Readonly<Record<Quality, Readonly<Cost>>> = {
  high: {
    nodes: 8000,
    draws: 128,
    triangles: 0.6 * MILLION,
    vertices: 1.2 * MILLION,
    morphs: Infinity,
    texture_pixels: 48 * MILLION,
  },
  low: {
    nodes: 4000,
    draws: 64,
    triangles: 0.12 * MILLION,
    vertices: 0.24 * MILLION,
    morphs: Infinity,
    texture_pixels: 20 * MILLION,
  },
};

/** The nearest first. Triangles count for every thing, the rest once for each model; with mipmaps a pixel is 5.3 bytes. */
export const ROOM_MOST: Readonly<Record<Quality, Readonly<Cost>>> = {
  high: {
    nodes: Infinity,
    draws: 600,
    triangles: 0.6 * MILLION,
    vertices: 4 * MILLION,
    morphs: Infinity,
    texture_pixels: 96 * MILLION,
  },
  low: {
    nodes: Infinity,
    draws: 200,
    triangles: 0.12 * MILLION,
    vertices: 0.8 * MILLION,
    morphs: Infinity,
    texture_pixels: 28 * MILLION,
  },
};

export class Budget {
  readonly #left: Cost;

  constructor(most: Readonly<Cost>) {
    this.#left = { ...most };
  }

  /** Takes all of it, or nothing where there is not enough left. */
  take(cost: Readonly<Cost>): boolean {
    if (exceeds(cost, this.#left)) return false;
    for (const name of Object.keys(cost) as (keyof Cost)[]) this.#left[name] -= cost[name];
    return true;
  }
}

/** What one more thing costs that shows the same model. */
export function onceMore({ triangles }: Readonly<Cost>): Cost {
  return { ...NOTHING, triangles };
}
