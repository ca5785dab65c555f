/** How long to wait before the next try: doubling, bounded, and scattered so that a room does not come back all at once. */
const FIRST_MS = 400;
const MOST_MS = 10_000;

export function backOff_ms(attempt: number, random: number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random;
}
