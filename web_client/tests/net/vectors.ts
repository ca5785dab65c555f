import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Vector<T> {
  name: string;
  hex: string;
  value: T;
}

/** Golden bytes made by the server's own encoder. */
export function vectors<T>(name: string): Vector<T>[] {
  const path = fileURLToPath(new URL(`../../../tests/vectors/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8")) as Vector<T>[];
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function hex(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
