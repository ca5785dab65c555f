import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { costOf, exceeds, openGlb } from "../../src/world/glb_cost";
import { pictureSize } from "../../src/world/picture_size";
import { MODEL_MOST } from "../../src/world/placed/budget";
import { makeCopies, makeGlb } from "./glb";

function bytes(...parts: (number | string)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : part)));
}
const PNG = bytes(0x89, "PNG\r\n", 0x1a, "\n", 0, 0, 0, 13, "IHDR", 0, 0, 0x10, 0, 0, 0, 8, 0);

describe("a picture's size is read from its head", () => {
  const padding = new Array<number>(8).fill(0);
  it.each([
    ["PNG", PNG, [4096, 2048]],
    ["JPEG", bytes(0xff, 0xd8, 0xff, 0xe0, 0, 4, 9, 9, 0xff, 0xff, 0xc2, 0, 11, 8, 1, 0, 2, 0), [512, 256]],
    ["WebP", bytes("RIFF", 0, 0, 0, 0, "WEBPVP8 ", ...padding.slice(1), 0x9d, 1, 0x2a, 0, 2, 0, 1), [512, 256]],
    ["lossless WebP", bytes("RIFF", 0, 0, 0, 0, "WEBPVP8L", 0, 0, 0, 0, 0x2f, 0xff, 0xc1, 0x3f, 0), [512, 256]],
    ["extended WebP", bytes("RIFF", 0, 0, 0, 0, "WEBPVP8X", ...padding, 0xff, 1, 0, 0xff, 0, 0), [512, 256]],
    ["nothing", bytes(1, 2, 3), null],
    ["a JPEG cut off", bytes(0xff, 0xd8, 0xff, 0xe0, 0, 4), null],
  ])("%s", (_, picture, size) => {
    expect(pictureSize(picture)).toEqual(size);
  });
});

describe("what a file costs is counted before it is built", () => {
  it("with every copy of a mesh", () => {
    const cost = costOf(openGlb(makeCopies(20_000, 1000)));
    expect(cost).toMatchObject({ nodes: 40_000, draws: 1, triangles: 20_000_000, vertices: 60_000 });
  });

  it("with the copies of instancing, the morph targets, and a draw for every material", () => {
    const POSITION = 0;
    const json = {
      nodes: [{ mesh: 0, extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: 1 } } } }, { mesh: 0 }],
      meshes: [
        {
          primitives: [
            { attributes: { POSITION }, material: 0, targets: [{ POSITION }, { POSITION }] },
            { attributes: { POSITION }, material: 1 },
            { attributes: { POSITION }, material: 1 },
          ],
        },
      ],
      accessors: [{ count: 30 }, { count: 500 }],
      materials: [{}, {}, {}],
    };
    const cost = costOf(openGlb(makeGlb(json)));
    expect(cost).toMatchObject({ nodes: 2 + 501 * 3, draws: 2, triangles: 501 * 30, vertices: 501 * 90, morphs: 60 });
  });

  it("with a texture for every way of sampling a picture, and no picture that nothing shows", () => {
    const material = (index: number): object => ({
      pbrMetallicRoughness: { baseColorTexture: { index } },
      extensions: { KHR_materials_sheen: { sheenColorTexture: { index: 1 } } },
    });
    const json = {
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: [0, 1].map((one) => ({ attributes: { POSITION: 0 }, material: one })) }],
      accessors: [{ count: 3 }],
      materials: [material(0), material(2), material(3)],
      textures: [
        { source: 0 },
        { source: 0, sampler: 1 },
        { extensions: { EXT_texture_webp: { source: 0 } } },
        { source: 1 },
      ],
      images: [{ bufferView: 0 }, { bufferView: 1 }],
      bufferViews: [{ byteLength: PNG.length }, { byteOffset: 4, byteLength: 8 }],
    };
    expect(costOf(openGlb(makeGlb(json, PNG))).texture_pixels).toBe(2 * 4096 * 2048);
    const uri = `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`;
    expect(costOf(openGlb(makeGlb({ ...json, images: [{ uri }] }))).texture_pixels).toBe(2 * 4096 * 2048);
    for (const hidden of [{ buffers: [{ uri }] }, { images: [{ uri: "x.png" }] }])
      expect(costOf(openGlb(makeGlb({ ...json, ...hidden }, PNG))).texture_pixels).toBe(Infinity);
    json.meshes[0]!.primitives.push({ attributes: { POSITION: 0 }, material: 2 });
    expect(costOf(openGlb(makeGlb(json, PNG))).texture_pixels).toBe(Infinity);
  });

  it("and everything that the house ships is within what a small device shows", () => {
    const folder = "../assets/gltf/furniture/";
    const pieces = readdirSync(folder).filter((name) => name.endsWith(".glb"));
    expect(pieces.length).toBeGreaterThan(10);
    for (const name of pieces) {
      const cost = costOf(openGlb(Uint8Array.from(readFileSync(folder + name)).buffer));
      expect([name, exceeds(cost, MODEL_MOST.low)]).toEqual([name, false]);
      expect(cost.triangles).toBeGreaterThan(0);
    }
  });
});
