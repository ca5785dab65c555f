import { Matrix4, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { fromGrip, fromWrist, type Side } from "../../src/xr/hand_frame";

const vector = (x: number, y: number, z: number): Vector3 => new Vector3(x, y, z);

/** A grip as WebXR defines it, for a hand whose thumb, back and arm point there. */
function grip(side: Side, thumb: Vector3, back: Vector3): Quaternion {
  const z = thumb.clone().negate();
  const x = side === "right" ? back.clone() : back.clone().negate();
  return new Quaternion().setFromRotationMatrix(new Matrix4().makeBasis(x, z.clone().cross(x), z));
}

function turned(rotation: Quaternion, x: number, y: number, z: number): number[] {
  return vector(x, y, z)
    .applyQuaternion(rotation)
    .toArray()
    .map((value) => Math.round(value * 1000) / 1000 + 0);
}

describe("a held controller becomes a hand", () => {
  // Hands as for shaking: thumbs up, palms facing each other, fingers ahead (−Z).
  it.each([
    ["right", vector(1, 0, 0)],
    ["left", vector(-1, 0, 0)],
  ] as const)("the %s one has its fingers ahead and its back outside", (side, back) => {
    const rotation = grip(side, vector(0, 1, 0), back);
    fromGrip(side, rotation);
    expect(turned(rotation, 0, 0, -1)).toEqual([0, 0, -1]);
    expect(turned(rotation, 0, 1, 0)).toEqual(back.toArray());
  });

  // Palms down, as on a table: the thumbs point at each other.
  it.each([
    ["right", vector(-1, 0, 0)],
    ["left", vector(1, 0, 0)],
  ] as const)("the %s one with its palm down is the identity", (side, thumb) => {
    const rotation = grip(side, thumb, vector(0, 1, 0));
    fromGrip(side, rotation);
    expect(Math.abs(rotation.w)).toBeCloseTo(1);
  });
});

it("a tracked wrist becomes the palm ahead of it", () => {
  const position = vector(1, 1, 1);
  fromWrist(position, new Quaternion().setFromAxisAngle(vector(0, 1, 0), Math.PI / 2));
  expect(position.toArray().map((value) => Math.round(value * 100) / 100)).toEqual([0.93, 1, 1]);
});
