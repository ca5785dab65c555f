import { beforeEach, describe, expect, it, vi } from "vitest";
import { Holds } from "../../src/editor/hold";
import { Things } from "../../src/world/placed/things";
import type { Placed } from "../../src/world/placed/placed";
import { refusal } from "../../src/net/requests";

describe("what is in the hand", () => {
  let things: Things;
  let asked: { type: string; entity?: string; transform?: unknown }[];
  let answers: (() => unknown)[];
  let refused: ReturnType<typeof vi.fn<(error: unknown) => void>>;
  let drag: ReturnType<typeof vi.fn<(place: unknown) => void>>;
  let holds: Holds;

  beforeEach(() => {
    things = new Things();
    for (const id of ["a", "b"]) things.put({ entity: { id, transform: { position: [0, 0, 0] } }, owner: "o" });
    asked = [];
    answers = [];
    refused = vi.fn();
    drag = vi.fn();
    const placed = { things, drags: { own: "me" }, arrangement: { reached: async () => undefined } };
    holds = new Holds(placed as unknown as Placed, {
      request: async (request) => {
        asked.push(request as (typeof asked)[number]);
        const answer = answers.shift();
        return (answer ? answer() : { type: "applied", id: 1, op_sequence: 1 }) as never;
      },
      drag,
      refused,
    });
  });

  it("is grabbed, told of at most twenty times a second, and released where it was put", async () => {
    holds.take("a");
    holds.move({ position: [1, 0, 0] });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await Promise.resolve();
    for (let ms = 100; ms < 1100; ms += 10) {
      holds.move({ position: [ms, 0, 0] });
      holds.update(ms);
    }
    expect(drag.mock.calls.length).toBeGreaterThan(15);
    expect(drag.mock.calls.length).toBeLessThanOrEqual(20);
    holds.move({ position: [2, 0, 0] });
    await holds.putDown();
    expect(asked.map(({ type }) => type)).toEqual(["grab", "release"]);
    expect(asked[1]!.transform).toEqual({ position: [2, 0, 0] });
  });

  it("glides back and says why when somebody else was quicker", async () => {
    answers = [
      () => {
        throw refusal("held");
      },
    ];
    holds.take("a");
    holds.move({ position: [5, 0, 0] });
    await vi.waitFor(() => expect(refused).toHaveBeenCalled());
    await vi.waitFor(() => expect(holds.id).toBeNull());
    for (let i = 0; i < 10; i++) things.update(0.05);
    expect(things.all.get("a")!.position.x).toBeCloseTo(0);
    await holds.putDown();
    expect(asked.map(({ type }) => type)).toEqual(["grab"]);
  });

  it("is waited for by whoever asks for something else", async () => {
    let grant: (answer: unknown) => void = () => undefined;
    answers = [() => new Promise((done) => (grant = done))];
    holds.take("a");
    void holds.putDown();
    const waits = vi.fn();
    void holds.putDown().then(waits);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(waits).not.toHaveBeenCalled();
    grant({ type: "applied", id: 1, op_sequence: 1 });
    await vi.waitFor(() => expect(waits).toHaveBeenCalled());
    expect(asked.map(({ type }) => type)).toEqual(["grab", "release"]);
  });

  it("is one thing at a time, in order", async () => {
    holds.take("a");
    holds.take("b");
    await holds.putDown();
    expect(asked.map(({ type, entity }) => `${type} ${entity}`)).toEqual([
      "grab a",
      "release a",
      "grab b",
      "release b",
    ]);
    things.all.get("a")!.holder = "bo";
    expect(holds.take("a")).toBe(false);
    expect(refused).toHaveBeenCalledTimes(1);
  });
});
