import { readFileSync } from "node:fs";
import { Group, Mesh, Object3D, PlaneGeometry, Quaternion, Vector3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { describe, expect, it, vi } from "vitest";
import { makePose, POSE } from "../../../src/net/pose";
import { Body, type Look } from "../../../src/world/bodies";
import { boneNamed, bonesOf } from "../../../src/world/bodies/bone_names";
import { loadOwn, readOwn } from "../../../src/world/bodies/own_models";
import { ownRig } from "../../../src/world/bodies/own_rig";
import { makeCopies } from "../glb";
import { random } from "./shipped";

type Figures = Record<string, { bones: Record<string, number>; glb: string }>;
const FIGURES = JSON.parse(readFileSync("../tests/vectors/avatars.json", "utf8")) as Figures;
const LOOK: Look = {
  id: "mei",
  kind: "reader",
  names: {},
  height_m: 1.7,
  wheelchair: false,
  near: { file: "", sha256: "", size_bytes: 0 },
  far: { file: "", sha256: "", size_bytes: 0 },
  colours: {},
  tints: [],
};

function bytes(name: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(FIGURES[name]!.glb, "base64")).buffer;
}

/** The JSON of a GLB. */
function json(glb: ArrayBuffer): Record<string, unknown> {
  const length = new DataView(glb).getUint32(12, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(glb, 20, length))) as Record<string, unknown>;
}

function stand(body: Body): void {
  const pose = makePose();
  pose.set([0, 1.6, 0], POSE.head);
  pose.set([0, 1, 0, 0], POSE.rotation); // looks along +Z
  for (let i = 0; i < 10; i++) {
    body.setPose(pose, 0, 0, 0, 0.1);
    body.update(0.1);
  }
  body.root.updateMatrixWorld(true);
}

function places(root: Object3D): Map<string, Vector3> {
  const found = new Map<string, Vector3>();
  root.traverse((o) => o.name && found.set(o.name, new Vector3().setFromMatrixPosition(o.matrixWorld)));
  return found;
}

describe("the bones of a file", () => {
  it.each(Object.keys(FIGURES))("are those that the server finds in it: %s", (name) => {
    const found = Object.fromEntries(bonesOf(json(bytes(name))));
    expect(found).toEqual(FIGURES[name]!.bones);
  });

  it("are known by the names of other programs", () => {
    const names = { "mixamorig:LeftForeArm": "leftLowerArm", RightToeBase: "rightToes", upperarm_l: "leftUpperArm" };
    for (const [name, bone] of Object.entries(names)) expect(boneNamed(name)).toBe(bone);
    for (const name of ["HeadTop_End", "LeftForeArmTwist", "Body", ""]) expect(boneNamed(name)).toBeNull();
  });
});

describe("a figure of one's own", () => {
  it.each(Object.keys(FIGURES))("rests facing +Z with its feet on the ground: %s", async (name) => {
    const { rig, triangles, height_m } = await readOwn(bytes(name));
    const at = (bone: string): Vector3 => rig.rest[rig.index.get(bone)!]!;
    expect(at("leftHand").x).toBeCloseTo(0.7, 3);
    expect(at("rightHand").x).toBeCloseTo(-0.7, 3);
    expect(at("head").x).toBeCloseTo(0, 3);
    expect(at("head").y).toBeGreaterThan(1.5);
    expect(triangles).toBe(19 * 12);
    expect(height_m).toBeGreaterThan(1.6);
  });

  it.each(Object.keys(FIGURES))("stands with its arms down and its head where the pose has it: %s", async (name) => {
    const body = new Body(LOOK, await readOwn(bytes(name)));
    stand(body);
    const at = places(body.root);
    expect(at.get("leftHand")!.y).toBeLessThan(at.get("leftUpperArm")!.y - 0.3);
    expect(Math.abs(at.get("head")!.x)).toBeLessThan(0.05);
    expect(at.get("leftUpperArm")!.x).toBeGreaterThan(0.1);
    expect(at.get("leftFoot")!.y).toBeLessThan(0.3);
    for (const point of at.values()) expect(Number.isFinite(point.length())).toBe(true);
    body.dispose();
  });

  it("blinks and speaks by what its file says", async () => {
    for (const name of ["vrm1", "vrm0"]) {
      const { scene } = await readOwn(bytes(name));
      const faces: unknown[] = [];
      scene.traverse((o) => o.userData["face"] && faces.push(o.userData["face"]));
      expect(faces).toEqual([{ blink: [[0, 1]], aa: [[1, 1]], smile: [] }]);
    }
  });

  it("moves alike whatever the axes of its bones are, and from arms that hang", () => {
    const bones = FIGURES["vrm1"]!.bones;
    const [document, r] = [json(bytes("vrm1")), random(7)];
    const nodes = document["nodes"] as { translation?: number[]; children?: number[] }[];
    const made = (turns: boolean, hang: number): Body => {
      const all = nodes.map(() => new Object3D());
      nodes.forEach(({ children = [] }, i) => children.forEach((child) => all[i]!.add(all[child]!)));
      const floor = new Mesh(new PlaneGeometry().rotateX(-Math.PI / 2));
      const scene = new Group().add(all[0]!, floor);
      nodes.forEach(({ translation = [0, 0, 0] }, i) => all[i]!.position.fromArray(translation));
      if (hang)
        for (const [side, sign] of [
          ["left", -1],
          ["right", 1],
        ] as const)
          all[bones[`${side}UpperArm`]!]!.rotation.z = sign * hang;
      if (turns) for (const node of all.slice(0, -1)) turn(node, r);
      const rigged = ownRig(scene, new Map(Object.entries(bones).map(([bone, i]) => [bone, all[i]!])));
      rigged.rig.names.forEach((name) => (all[bones[name]!]!.name = name));
      const whole = new Group().add(rigged.figure);
      return new Body(LOOK, { scene: whole, rig: rigged.rig, triangles: 0, rests: rigged.rests, height_m: 1.7 });
    };
    const plain = made(false, 0);
    stand(plain);
    for (const body of [made(true, 0), made(true, 0.8)]) {
      stand(body);
      const want = places(plain.root);
      const have = places(body.root);
      for (const name of Object.keys(bones)) expect(have.get(name)!.distanceTo(want.get(name)!)).toBeLessThan(0.002);
    }
  });

  it("is refused where it is none, or from elsewhere", async () => {
    const built = vi.spyOn(GLTFLoader.prototype, "parseAsync");
    for (const heavy of [makeCopies(20_000, 1), makeCopies(32, 2000)])
      await expect(readOwn(heavy)).rejects.toThrow("more than a crowd can carry");
    expect(built).not.toHaveBeenCalled();
    await expect(readOwn(new ArrayBuffer(40))).rejects.toThrow();
    await expect(loadOwn("https://elsewhere.example/a.glb")).rejects.toThrow("work of this library");
    expect(() => ownRig(new Group(), new Map())).toThrow("no hips");
  });
});

/** Other axes for a bone, while everything below it stays where it is. */
function turn(node: Object3D, r: () => number): void {
  const q = new Quaternion(r() - 0.5, r() - 0.5, r() - 0.5, r() - 0.5).normalize();
  node.quaternion.multiply(q);
  q.invert();
  for (const child of node.children) {
    child.position.applyQuaternion(q);
    child.quaternion.premultiply(q);
  }
}
