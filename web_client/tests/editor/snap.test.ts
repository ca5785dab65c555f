import { Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { GRID_M, placeOn, type Piece, snapped, yawOf } from "../../src/editor/snap";
import { stepped } from "../../src/editor/steps";
import { turned } from "../../src/editor/snap";

const CHAIR: Piece = {
  floats: false,
  hangs: false,
  size: new Vector3(0.5, 1, 0.6),
  middle: new Vector3(0, 0.5, 0),
  scale: 2,
};
const PICTURE: Piece = { ...CHAIR, hangs: true, size: new Vector3(1, 0.8, 0.04), middle: new Vector3(), scale: 1 };
const UP = new Vector3(0, 1, 0);
const EAST = new Vector3(-1, 0, 0);

describe("things come to stand", () => {
  it("on floors at the grid, turned as asked, and freely without the grid", () => {
    const point = new Vector3(1.234, 0.4, -2.345);
    const at = placeOn(CHAIR, { point, normal: UP }, 0.5, null, false)!;
    expect(at.position[0]).toBeCloseTo(1.25);
    expect(at.position[1]).toBeCloseTo(0.4);
    expect(at.position[2]).toBeCloseTo(-2.35);
    expect(yawOf(new Quaternion(...at.rotation!))).toBeCloseTo(0.5);
    expect(placeOn(CHAIR, { point, normal: UP }, 0, null, true)!.position[0]).toBeCloseTo(1.234);
  });

  it("with their backs to walls, on the floor below", () => {
    const at = placeOn(CHAIR, { point: new Vector3(5, 1.7, 1.01), normal: EAST }, 0, 0.1, false)!;
    expect(at.position[0]).toBeCloseTo(5 - 0.6 - 0.004);
    expect(at.position[1]).toBeCloseTo(0.1);
    expect(at.position[2]).toBeCloseTo(1);
    const front = new Vector3(0, 0, 1).applyQuaternion(new Quaternion(...at.rotation!));
    expect(front.distanceTo(EAST)).toBeLessThan(1e-6);
    expect(placeOn(CHAIR, { point: new Vector3(), normal: EAST }, 0, null, false)).toBeNull();
  });

  it("as pictures flat on walls, and upright where there is none", () => {
    const at = placeOn(PICTURE, { point: new Vector3(5, 1.52, 1), normal: EAST }, 0, 0, false)!;
    expect(at.position[0]).toBeCloseTo(5 - 0.02 - 0.004);
    expect(at.position[1]).toBeCloseTo(1.5);
    expect(placeOn(PICTURE, { point: new Vector3(), normal: UP }, 0, 0, false)!.position[1]).toBeCloseTo(0.4);
  });

  it("never on ceilings", () => {
    expect(placeOn(PICTURE, { point: new Vector3(), normal: new Vector3(0, -1, 0) }, 0, 0, false)).toBeNull();
  });
});

describe("a step by key", () => {
  const from = { position: [0.02, 0, 0] as [number, number, number], rotation: turned(0), scale: 1 };

  it("goes where the person sees right and forward to be", () => {
    const right = { do: "move", right: 1, forward: 0 } as const;
    const looks: [number, [number, number]][] = [
      [0, [0.05, 0]],
      [Math.PI / 2 + 0.3, [0.02, -0.05]],
      [Math.PI, [-0.05, 0]],
      [-Math.PI / 2, [0.02, 0.05]],
    ];
    for (const [heading, [x, z]] of looks) {
      const { position } = stepped(from, right, false, heading, false);
      expect(position[0], String(heading)).toBeCloseTo(x);
      expect(position[2], String(heading)).toBeCloseTo(z);
    }
  });

  it("is ten times as long when coarse and finer than the grid without it", () => {
    expect(stepped(from, { do: "lift", up: 1, coarse: true }, false, 0, false).position[1]).toBeCloseTo(0.5);
    expect(stepped(from, { do: "lift", up: 1 }, false, 0, true).position[1]).toBeLessThan(GRID_M);
  });

  it("moves a picture along its wall", () => {
    const hung = { ...from, rotation: turned(Math.PI / 2) };
    const { position } = stepped(hung, { do: "move", right: 1, forward: 0 }, true, 1.2, false);
    expect(position[0]).toBeCloseTo(0.02);
    expect(position[2]).toBeCloseTo(-0.05);
    expect(stepped(hung, { do: "move", right: 0, forward: 1 }, true, 0, false).position[1]).toBeCloseTo(0.05);
  });

  it("turns to whole angles and keeps sizes within bounds", () => {
    const turn = stepped({ ...from, rotation: turned(0.1) }, { do: "turn", sign: 1 }, false, 0, false);
    expect(yawOf(new Quaternion(...turn.rotation!))).toBeCloseTo(snapped(0.1 + Math.PI / 12, Math.PI / 12, false));
    let small = from as ReturnType<typeof stepped>;
    for (let i = 0; i < 40; i++) small = stepped(small, { do: "scale", sign: -1 }, false, 0, false);
    expect(small.scale).toBeCloseTo(0.1);
  });
});
