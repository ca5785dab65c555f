import { describe, expect, it } from "vitest";
import { FINGERS, makePose, readCurl, writeCurl } from "../../src/net/pose";

describe("finger curls", () => {
  it("keep both hands apart in five bytes", () => {
    const pose = makePose();
    for (let finger = 0; finger < FINGERS; finger++) {
      writeCurl(pose, "left", finger, finger / 4);
      writeCurl(pose, "right", finger, 1 - finger / 4);
    }
    for (let finger = 0; finger < FINGERS; finger++) {
      expect(readCurl(pose, 0, "left", finger)).toBeCloseTo(finger / 4, 1);
      expect(readCurl(pose, 0, "right", finger)).toBeCloseTo(1 - finger / 4, 1);
    }
    writeCurl(pose, "left", 0, 9);
    expect(readCurl(pose, 0, "left", 0)).toBe(1);
  });
});
