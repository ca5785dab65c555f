import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { anybody, bodyOf, readWardrobe, withPart } from "../../src/ui/looks";
import { compose, KINDS, NONE, outfitId, readOutfit, type Wardrobe } from "../../src/world/bodies/wardrobe";

const SHIPPED = JSON.parse(readFileSync("../assets/gltf/avatars/looks.json", "utf8")) as { wardrobe?: Wardrobe };
const file = { file: "x.glb", sha256: "", size_bytes: 1 };
const part = { near: file, far: file };
const PARTS: Wardrobe = {
  kinds: {
    hair: [{ id: "bun", names: {} }],
    outfit: [
      { id: "shirt", names: {} },
      { id: "robe", names: {} },
    ],
    headwear: [{ id: "hat", names: {} }],
    glasses: [{ id: "round", names: {} }],
    chair: [{ id: "wheels", names: {} }],
  },
  figures: [
    {
      id: "ada",
      names: {},
      height_m: 1.7,
      colours: { top: "#111111", skin: "#222222" },
      tints: ["skin", "top", "headwear"],
      base: part,
      parts: {
        hair: { bun: part },
        outfit: { shirt: { ...part, colours: { top: "#333333" } }, robe: part },
        headwear: { hat: part },
        glasses: { round: { near: file } },
        chair: { wheels: part },
      },
    },
  ],
};
const ALL = readWardrobe({ ...SHIPPED, wardrobe: PARTS });

describe("a look put together", () => {
  it("is named by its parts and read back", () => {
    const id = "w-ada-bun-shirt-none-round-none";
    expect(outfitId(readOutfit(id)!)).toBe(id);
    for (const bad of ["ada", "w-ada", "w-ada-bun-shirt-none-round-none-more", ""]) expect(readOutfit(bad)).toBeNull();
  });

  it("takes the outfit's colours, and the hair off under what covers the head", () => {
    const plain = compose(PARTS, "w-ada-bun-shirt-none-round-none")!;
    expect(plain.parts).toHaveLength(4);
    expect(plain.colours["top"]).toBe("#333333");
    expect(plain.tints).not.toContain("headwear");
    const hat = compose(PARTS, "w-ada-bun-robe-hat-none-wheels")!;
    expect(hat.parts).toHaveLength(4);
    expect(hat.wheelchair).toBe(true);
    expect(hat.tints).toContain("headwear");
  });

  it.each([
    "w-eve-bun-shirt-none-none-none",
    "w-ada-bun-none-none-none-none",
    "w-ada-constructor-shirt-none-none-none",
  ])("is nothing where the wardrobe does not have it: %s", (id) => {
    expect(compose(PARTS, id)).toBeNull();
    expect(bodyOf(ALL, { id })).toBeNull();
  });

  it("changes by one part, and a whole reader becomes one of the figure most like them", () => {
    const first = withPart(ALL, { id: "ada", colours: { skin: "#123456" } }, "glasses", "round");
    expect(first).toEqual({ id: "w-ada-bun-shirt-none-round-none", colours: { skin: "#123456" }, model: null });
    expect(withPart(ALL, first, "outfit", "robe").id).toBe("w-ada-bun-robe-none-round-none");
    expect(withPart(ALL, { id: "joao" }, "outfit", "robe").id).toBe("w-ada-bun-robe-none-none-wheels");
  });

  it("by chance is always one that there is", () => {
    let seed = 1;
    const chance = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 200; i++) {
      const look = anybody(ALL, chance);
      expect(bodyOf(ALL, look), look.id).not.toBeNull();
    }
    expect(anybody({ ...ALL, parts: undefined as never }, () => 0).id).toBe(ALL.bodies[0]!.id);
  });

  it("of the shipped wardrobe has every part of every kind for every figure", () => {
    const { kinds, figures } = SHIPPED.wardrobe ?? { kinds: {}, figures: [] };
    for (const figure of figures)
      for (const kind of KINDS)
        for (const { id } of kinds[kind] ?? []) {
          const wanted = { figure: figure.id, hair: NONE, outfit: "shirt", headwear: NONE, glasses: NONE, chair: NONE };
          expect(compose(SHIPPED.wardrobe, outfitId({ ...wanted, [kind]: id })), id).not.toBeNull();
        }
  });
});
