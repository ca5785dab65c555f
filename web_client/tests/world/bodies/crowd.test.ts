import { describe, expect, it } from "vitest";
import { OWN_AT_ONCE } from "../../../src/world/bodies/crowd";
import { MOST } from "../../../src/world/bodies/own_models";
import { PALETTE, isColour, writePalette } from "../../../src/world/bodies/palette";
import { fit } from "../../../src/world/bodies/plate_painter";
import { LIMITS, TIER, TierSorter } from "../../../src/world/bodies/tiers";
import { looks, palette, random } from "./shipped";

function scatter(n: number, seed: number, span_m: number): { places: Float32Array; live: Uint8Array } {
  const r = random(seed);
  return { places: Float32Array.from({ length: 2 * n }, () => (r() - 0.5) * span_m), live: new Uint8Array(n).fill(1) };
}

function counts(sorter: TierSorter, n: number): { near: number; far: number; impostor: number; none: number } {
  const out = { near: 0, far: 0, impostor: 0, none: 0 };
  const names = ["none", "near", "far", "impostor"] as const;
  for (let i = 0; i < n; i++) out[names[sorter.tier[i]!]!]++;
  return out;
}

describe("tiers", () => {
  it.each([1, 12, 53, 1000])("gives %i people their tiers within the limits", (n) => {
    const sorter = new TierSorter(n);
    const { places, live } = scatter(n, n, 12);
    for (const quality of ["high", "low"] as const) {
      sorter.tier.fill(0);
      sorter.sort(n, places, live, 0, 0, LIMITS[quality]);
      const c = counts(sorter, n);
      expect(c.near + c.far + c.impostor).toBe(n);
      expect(c.near).toBeLessThanOrEqual(LIMITS[quality].near);
      expect(c.far).toBeLessThanOrEqual(LIMITS[quality].far);
    }
  });

  it("keeps a thousand people of the shipped looks within 300,000 triangles", () => {
    const { near, far } = LIMITS.high;
    const impostorAndShadow = 4;
    expect(near * 8000 + far * 1500 + 1000 * impostorAndShadow).toBeLessThanOrEqual(300_000);
    // Own figures are heavier, so few are shown at once.
    const own = OWN_AT_ONCE * MOST.triangles + (near - OWN_AT_ONCE) * 8000;
    expect(own + far * 1500 + 1000 * impostorAndShadow).toBeLessThanOrEqual(300_000);
  });

  it("takes the nearest, and nobody far away, in detail", () => {
    const n = 200;
    const sorter = new TierSorter(n);
    const { places, live } = scatter(n, 2, 60);
    sorter.sort(n, places, live, 5, -3, LIMITS.high);
    const distance = (i: number): number => Math.hypot(places[2 * i]! - 5, places[2 * i + 1]! + 3);
    const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => distance(a) - distance(b));
    order.forEach((row, rank) => {
      if (sorter.tier[row] === TIER.near) {
        expect(rank).toBeLessThan(LIMITS.high.near);
        expect(distance(row)).toBeLessThan(LIMITS.high.nearWithin_m);
      }
      if (rank >= LIMITS.high.near + LIMITS.high.far) expect(sorter.tier[row]).toBe(TIER.impostor);
    });
  });

  it("does not flicker when two people at the border change places by a step", () => {
    const sorter = new TierSorter(13);
    const live = new Uint8Array(13).fill(1);
    const places = new Float32Array(26);
    for (let i = 0; i < 13; i++) places[2 * i] = 1 + i * 0.5;
    sorter.sort(13, places, live, 0, 0, LIMITS.high);
    const before = [...sorter.tier];
    places[2 * 12] = places[2 * 11]! - 0.05;
    sorter.sort(13, places, live, 0, 0, LIMITS.high);
    expect([...sorter.tier]).toEqual(before);
  });

  it("leaves out who has gone, and survives places that are no numbers", () => {
    const sorter = new TierSorter(3);
    sorter.sort(3, Float32Array.of(0, 1, NaN, 0, 2, 2), Uint8Array.of(0, 1, 1), 0, 0, LIMITS.high);
    expect(sorter.tier[0]).toBe(TIER.none);
    expect(sorter.tier[1]).toBe(TIER.impostor);
    expect(sorter.tier[2]).toBe(TIER.near);
  });
});

describe("the palette", () => {
  const list = looks();
  const paint = (id: string, chosen: Record<string, string>): Uint8Array => {
    const look = list.looks.find((l) => l.id === id)!;
    const out = new Uint8Array(PALETTE.bytes);
    writePalette(out, 0, list.slots, look.colours, chosen, look.tints);
    return out;
  };

  it("paints a look's own colours as its file has them", () => {
    for (const look of list.looks) {
      const ours = paint(look.id, {});
      const shipped = palette(look.near.file);
      for (let row = 0; row < PALETTE.rows; row++) {
        for (let i = 0; i < PALETTE.columns * 3; i++) {
          const at = (row * PALETTE.columns + Math.floor(i / 3)) * 4 + (i % 3);
          expect(Math.abs(ours[at]! - shipped[row]![i]!)).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it("changes the chosen column and those that follow it, and no other", () => {
    const own = paint("ada", {});
    const chosen = paint("ada", { top: "#a8483a", skin: "#4a2e20" });
    const changed = new Set<string>();
    own.forEach((value, at) => {
      if (value !== chosen[at]) changed.add(list.slots[Math.floor(at / 4) % PALETTE.columns]!);
    });
    expect([...changed].sort()).toEqual(["lip", "skin", "top"]);
  });

  it("takes nothing but plain colours of slots that may be chosen", () => {
    const own = paint("ada", {});
    expect(
      paint("ada", { top: "red", skin: "#12345", hair: "#zzzzzz", sclera: "#ff0000", __proto__: "#000000" }),
    ).toEqual(own);
    expect(isColour("#A1b2C3")).toBe(true);
    expect(isColour("#A1b2C3;")).toBe(false);
    expect(isColour(7)).toBe(false);
  });
});

describe("plate text", () => {
  it("is shortened by whole characters", () => {
    const measure = (text: string): number => [...text].length * 10;
    expect(fit("Mary", 100, measure)).toBe("Mary");
    expect(fit("图书馆的读者", 40, measure)).toBe("图书馆…");
    expect(fit("😀😀😀😀", 30, measure)).toBe("😀😀…");
  });
});
