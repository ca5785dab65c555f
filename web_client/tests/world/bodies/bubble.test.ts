import { describe, expect, it } from "vitest";
import { seenThrough } from "../../../src/world/bodies/bubble";

describe("the bubble", () => {
  it("hides who is inside, shows who is outside, and fades between", () => {
    expect(seenThrough(0.8, 0.3, 0, 0.3)).toBe(0);
    expect(seenThrough(0.8, 0, 0.4, 1.2)).toBe(1);
    expect(seenThrough(0.8, 0, 0, 0.975)).toBeCloseTo(0.5);
  });

  it("is no bubble at 0, and does not reach through a floor", () => {
    expect(seenThrough(0, 0, 0, 0)).toBe(1);
    expect(seenThrough(2, 0, 3.4, 0)).toBe(1);
  });
});
