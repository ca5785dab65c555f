/** What a tab keeps over a reload: who it was in which room. Session storage, so that two tabs are two participants. */
import type { Look } from "./protocol.gen";

export interface Remembered {
  token: string;
  name: string | null;
  look: Look | null;
  position: [number, number, number];
  heading: number;
}

const key = (room: string): string => `carrel.resume.${room}`;

export function remember(room: string, value: Remembered | null): void {
  try {
    if (value) sessionStorage.setItem(key(room), JSON.stringify(value));
    else sessionStorage.removeItem(key(room));
  } catch {
    // Storage may be switched off: then a reload is a new person, nothing worse.
  }
}

export function recall(room: string): Remembered | null {
  try {
    const value = JSON.parse(sessionStorage.getItem(key(room)) ?? "null") as Remembered | null;
    return value && typeof value.token === "string" && Array.isArray(value.position) ? value : null;
  } catch {
    return null;
  }
}
