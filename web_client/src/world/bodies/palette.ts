/** The 16 × 8 palette: one column a tint slot, rows from shadow to light. Recolouring writes columns; no shader is involved. */

export const PALETTE = { columns: 16, rows: 8, bytes: 16 * 8 * 4 } as const;

export type Colours = Readonly<Record<string, string>>;

interface Ramp {
  readonly shadow: readonly [number, number, number];
  readonly light: readonly [number, number, number];
  readonly amount: number;
}

const CLOTH: Ramp = { shadow: [0.6, 0.5, 0.48], light: [1, 1, 1], amount: 0.2 };

/** The same table as the builder's `palette.py`; `tests/world/bodies` holds both to the shipped files. */
const RAMPS: Readonly<Record<string, Ramp>> = {
  skin: { shadow: [0.8, 0.66, 0.6], light: [0.98, 0.4, 0.34], amount: 0.22 },
  lip: { shadow: [0.7, 0.6, 0.6], light: [1, 0.8, 0.76], amount: 0.3 },
  hair: { shadow: [0.45, 0.42, 0.42], light: [1, 0.86, 0.7], amount: 0.26 },
  brow: { shadow: [0.6, 0.58, 0.58], light: [1, 0.9, 0.8], amount: 0.1 },
  iris: { shadow: [0.3, 0.28, 0.28], light: [1, 0.92, 0.8], amount: 0.35 },
  sclera: { shadow: [0.7, 0.62, 0.6], light: [1, 1, 1], amount: 0.4 },
};

const HEX = /^#[0-9a-f]{6}$/i;

/** A person may send anything as a colour: only `#rrggbb` is taken. */
export function isColour(text: unknown): text is string {
  return typeof text === "string" && HEX.test(text);
}

/** Writes one slot's column into RGBA bytes that start at `offset`; `colour` is `#rrggbb` (sRGB). */
export function writeColumn(out: Uint8Array, offset: number, column: number, slot: string, colour: string): void {
  const ramp = RAMPS[slot] ?? CLOTH;
  for (let row = 0; row < PALETTE.rows; row++) {
    const t = (2 * row) / (PALETTE.rows - 1) - 1;
    const at = offset + (row * PALETTE.columns + column) * 4;
    for (let c = 0; c < 3; c++) {
      const base = parseInt(colour.slice(1 + 2 * c, 3 + 2 * c), 16) / 255;
      const end = t < 0 ? base * ramp.shadow[c]! : base + (ramp.light[c]! - base) * ramp.amount;
      out[at + c] = Math.round(Math.min(1, Math.max(0, base + (end - base) * Math.abs(t))) * 255);
    }
    out[at + 3] = 255;
  }
}

/**
 * A whole palette into `out` at `offset`: the look's own colours, then the person's choices where the look lets them choose. Brows follow
 * the hair, lips the skin.
 */
export function writePalette(
  out: Uint8Array,
  offset: number,
  slots: readonly string[],
  own: Colours,
  chosen: Colours,
  tints: readonly string[],
): void {
  const pick = (slot: string): string => {
    const choice = chosen[slot];
    if (tints.includes(slot) && isColour(choice)) return choice;
    if (slot === "brow" && tints.includes("hair") && isColour(chosen["hair"]))
      return mix(chosen["hair"], "#1a1210", 0.25);
    if (slot === "lip" && tints.includes("skin") && isColour(chosen["skin"]))
      return mix(chosen["skin"], "#8c2f2f", 0.36);
    return own[slot] ?? "#808080";
  };
  slots.forEach((slot, column) => writeColumn(out, offset, column, slot, pick(slot)));
}

function mix(a: string, b: string, share: number): string {
  let out = "#";
  for (let i = 1; i < 7; i += 2) {
    const value = parseInt(a.slice(i, i + 2), 16) * (1 - share) + parseInt(b.slice(i, i + 2), 16) * share;
    out += Math.round(value).toString(16).padStart(2, "0");
  }
  return out;
}
