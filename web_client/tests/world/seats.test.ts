/** Sitting down and standing up at every seat of the shipped hall, on its shipped collider. */
import { readFileSync } from "node:fs";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { Vector3 } from "three";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ground } from "../../src/world/collider";
import { groundOf } from "../../src/world/collider";
import { SEAT_METRES, seatStand } from "../../src/world/furnishing";
import { readScene, type SceneSeat } from "../../src/world/scene_document";
import { EYE_METRES, SEATED_EYE_METRES, Walker } from "../../src/world/walker";

const FOLDER = new URL("../../../assets/gltf/halls/", import.meta.url);
const STILL = { forward: 0, sideways: 0, turn: 0, fast: false };
let ground: Ground;
let seats: SceneSeat[];

beforeAll(async () => {
  const bytes = readFileSync(new URL("great_hall.collider.glb", FOLDER));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  ground = groundOf((await new GLTFLoader().parseAsync(file, "")).scene)!;
  const wire = JSON.parse(readFileSync(new URL("great_hall.scene.json", FOLDER), "utf8")) as never;
  seats = readScene(wire, "/gltf/halls/great_hall.scene.json").seats;
});

function rest(walker: Walker): void {
  for (let i = 0; i < 90; i++) walker.step(1 / 60, STILL);
}

describe("a seat", () => {
  it("lowers the eyes to its own height and standing up brings them back", () => {
    expect(seats.length).toBeGreaterThan(30);
    for (const seat of seats) {
      const walker = new Walker(ground);
      walker.place({ position: [0, 0, -4], heading: 0 });
      walker.sit(seatStand(seat));
      rest(walker);
      const eyes_m = walker.shown.y + walker.eye_metres;
      expect(eyes_m, seat.id).toBeCloseTo(seat.position[1] + SEATED_EYE_METRES - SEAT_METRES, 2);
      walker.stand();
      rest(walker);
      expect(walker.seated).toBe(false);
      expect(walker.shown.y + walker.eye_metres, seat.id).toBeCloseTo(walker.feet.y + EYE_METRES, 2);
      const floor = ground.floor(walker.feet.x, walker.feet.y + 0.3, walker.feet.z);
      expect(floor, seat.id).toBeCloseTo(walker.feet.y, 3);
    }
  });

  it("is left for a place that one can walk away from", () => {
    for (const seat of seats) {
      const far = [0, 1, 2, 3, 4, 5, 6, 7].map((eighth) => {
        const walker = new Walker(ground);
        walker.place({ position: [0, 0, -4], heading: 0 });
        walker.sit(seatStand(seat));
        walker.stand();
        rest(walker);
        const from = new Vector3().copy(walker.feet);
        walker.heading = (eighth * Math.PI) / 4;
        for (let i = 0; i < 60; i++) walker.step(1 / 60, { ...STILL, forward: 1 });
        return walker.feet.distanceTo(from);
      });
      expect(Math.max(...far), seat.id).toBeGreaterThan(1);
    }
  });
});
