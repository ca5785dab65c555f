/** The shipped avatar files, read from the repository: rigs for the solver's tests, palettes for the painter's. */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import type { LookList } from "../../../src/world/bodies/look";
import { makeRig, type Rig, type RigBone } from "../../../src/world/bodies/rig";

const FOLDER = new URL("../../../../assets/gltf/avatars/", import.meta.url);

interface Gltf {
  nodes: { name?: string; translation?: [number, number, number]; children?: number[] }[];
  skins: { joints: number[] }[];
  images: { bufferView: number }[];
  bufferViews: { byteOffset: number; byteLength: number }[];
}

export function looks(): LookList {
  return JSON.parse(readFileSync(new URL("looks.json", FOLDER), "utf8")) as LookList;
}

function open(file: string): { gltf: Gltf; binary: Buffer } {
  const bytes = readFileSync(new URL(file, FOLDER));
  const length = bytes.readUInt32LE(12);
  return { gltf: JSON.parse(bytes.toString("utf8", 20, 20 + length)) as Gltf, binary: bytes.subarray(28 + length) };
}

export function rig(file: string): Rig {
  const { gltf } = open(file);
  const parent = new Map<number, number>();
  gltf.nodes.forEach((node, i) => node.children?.forEach((child) => parent.set(child, i)));
  const joints = gltf.skins[0]!.joints;
  const place = (i: number): [number, number, number] => {
    const t = gltf.nodes[i]!.translation ?? [0, 0, 0];
    const up = parent.get(i);
    if (up === undefined) return t;
    const [x, y, z] = place(up);
    return [x + t[0], y + t[1], z + t[2]];
  };
  const bones = joints.map((i): RigBone => {
    const [x, y, z] = place(i);
    const up = parent.get(i);
    const above = up !== undefined && joints.includes(up) ? gltf.nodes[up]!.name! : null;
    return { name: gltf.nodes[i]!.name!, parent: above, x, y, z };
  });
  return makeRig(bones);
}

/** The palette picture inside a file as RGB rows (an 8-bit RGB PNG of 16 × 8 with any of PNG's filters). */
export function palette(file: string): number[][] {
  const { gltf, binary } = open(file);
  const view = gltf.bufferViews[gltf.images[0]!.bufferView]!;
  const png = binary.subarray(view.byteOffset, view.byteOffset + view.byteLength);
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + size));
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 16 * 3;
  const out: number[][] = [];
  for (let y = 0; y < 8; y++) {
    const filter = raw[y * (stride + 1)]!;
    const row: number[] = [];
    for (let x = 0; x < stride; x++) {
      const left = x >= 3 ? row[x - 3]! : 0;
      const up = y > 0 ? out[y - 1]![x]! : 0;
      const corner = x >= 3 && y > 0 ? out[y - 1]![x - 3]! : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      row.push((raw[y * (stride + 1) + 1 + x]! + guess) & 255);
    }
    out.push(row);
  }
  return out;
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [da, db, dc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return da <= db && da <= dc ? a : db <= dc ? b : c;
}

/** A small repeatable generator of numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
