import { BufferAttribute, BufferGeometry } from "three";
import { describe, expect, it } from "vitest";
import { joined } from "../../../src/world/bodies/joined";

function triangle(x: number, morphs: boolean): BufferGeometry {
  const made = new BufferGeometry();
  // Quantised, as the files are: what is normalised is read as shares.
  made.setAttribute("position", new BufferAttribute(new Int16Array([x, 0, 0, x, 1, 0, x, 0, 1]), 3));
  made.setAttribute(
    "skinWeight",
    new BufferAttribute(new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0]), 4, true),
  );
  made.setIndex([0, 1, 2]);
  if (morphs) {
    made.morphAttributes.position = [new BufferAttribute(new Float32Array([0, 9, 0, 0, 9, 0, 0, 9, 0]), 3)];
    made.morphTargetsRelative = true;
  }
  return made;
}

describe("parts joined to one body", () => {
  it("keep their places and weights, and only the face follows the face's morphs", () => {
    const body = joined([triangle(1, true), triangle(2, false), triangle(3, false)]);
    expect(Array.from(body.index!.array)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const at = body.getAttribute("position");
    expect([at.getX(0), at.getX(3), at.getX(8)]).toEqual([1, 2, 3]);
    expect(body.getAttribute("skinWeight").getX(5)).toBe(1);
    const [morph] = body.morphAttributes.position!;
    expect([morph!.getY(2), morph!.getY(3), morph!.getY(8)]).toEqual([9, 0, 0]);
    expect(body.morphTargetsRelative).toBe(true);
    expect(() => joined([])).toThrow();
  });
});
