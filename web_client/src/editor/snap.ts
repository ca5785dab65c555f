/** Where things come to stand: grid, angles, and how each kind meets a floor, a table top or a wall. Numbers in, numbers out. */
import { Quaternion, Vector3 } from "three";
import type { Transform } from "../net/protocol.gen";
import { wrap } from "../world/walker";

export const GRID_M = 0.05;
export const ANGLE = Math.PI / 12;
export const SCALE = { least: 0.1, most: 10 } as const;
/** Steeper than this a surface is a wall. */
const LEVEL_Y = 0.7;
const WALL_GAP_M = 0.004;
/** Middle of a panorama's globe over the floor. */
const GLOBE_M = 1.3;

export interface Surface {
  readonly point: Vector3;
  readonly normal: Vector3;
}

/** What is to be put somewhere: its box as `Thing` has it. */
export interface Piece {
  /** A panorama's globe floats at the height of the eyes. */
  floats: boolean;
  hangs: boolean;
  size: Vector3;
  middle: Vector3;
  scale: number;
}

export function snapped(value: number, step: number, free: boolean): number {
  return free ? value : Math.round(value / step) * step;
}

export function clampScale(scale: number): number {
  return Math.min(SCALE.most, Math.max(SCALE.least, scale));
}

/** About the vertical, −π to π. */
export function yawOf({ y, w }: Quaternion): number {
  return wrap(2 * Math.atan2(y, w));
}

export function turned(yaw: number): [number, number, number, number] {
  return [0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)];
}

export function isLevel(normal: Vector3): boolean {
  return normal.y > LEVEL_Y;
}

/**
 * The transform that puts `piece` on a surface: pictures hang flat on walls, furniture stands on floors and with its back to walls. `yaw` is how it
 * stands on a floor; `floor_y` the height of the floor at a wall's foot. Null where it cannot be: ceilings.
 */
export function placeOn(
  piece: Piece,
  { point, normal }: Surface,
  yaw: number,
  floor_y: number | null,
  free: boolean,
): Transform | null {
  if (normal.y < -LEVEL_Y) return null;
  const { scale, size, middle } = piece;
  const at = new Vector3().copy(point);
  const high = (size.y * scale) / 2;
  /** Of the box's middle over its transform. */
  const lift = middle.y * scale;
  const onFloor = (floor: number): number => floor - lift + (piece.floats ? Math.max(high, GLOBE_M) : high);
  if (isLevel(normal)) {
    at.set(snapped(at.x, GRID_M, free), onFloor(at.y), snapped(at.z, GRID_M, free));
    return { position: at.toArray(), rotation: turned(yaw), scale };
  }
  const out = new Vector3(normal.x, 0, normal.z).normalize();
  const along = new Vector3(out.z, 0, -out.x);
  const t = at.dot(along);
  at.addScaledVector(along, snapped(t, GRID_M, free) - t);
  at.addScaledVector(out, (size.z / 2 - middle.z) * scale + WALL_GAP_M);
  if (piece.hangs) at.y = snapped(at.y, GRID_M, free) - lift;
  else if (floor_y === null) return null;
  else at.y = onFloor(floor_y);
  return { position: at.toArray(), rotation: turned(Math.atan2(out.x, out.z)), scale };
}
