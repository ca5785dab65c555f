/** Personal space: who comes nearer than a person likes fades from their sight. */

/** Over so many metres beyond the bubble somebody fades. */
const EDGE_M = 0.35;
/** Somebody so much higher or lower stands on another floor. */
const FLOOR_M = 1.5;

/** How much of somebody is seen, 1 wholly … 0 not at all, when their head is (dx, dy, dz) metres from one's own; a bubble of 0 is none. */
export function seenThrough(bubble_m: number, dx: number, dy: number, dz: number): number {
  if (!(bubble_m > 0) || Math.abs(dy) > FLOOR_M) return 1;
  const share = (Math.hypot(dx, dz) - bubble_m) / EDGE_M;
  return Math.min(1, Math.max(0, share));
}

/** GLSL: drops a share of the pixels in a fine fixed grain, so that fading needs no sorting and writes depth as ever. */
export const SEEN_GLSL = /* glsl */ `
bool dropped(float seen, vec2 pixel) {
  return seen < 1.0 && fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715)))) >= seen;
}`;
