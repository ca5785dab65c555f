import { Quaternion, Vector3 } from "three";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Placement, Welcome } from "../../../src/net/protocol.gen";
import { Placed } from "../../../src/world/placed/placed";
import { Targets } from "../../../src/world/targets";
import { fakeState } from "../../ui/fake_hall";

const URL = "/gltf/furniture/chair.glb";
const LIBRARY = [
  {
    id: "chair",
    name: { en: "Chair", zh: "椅子" },
    url: URL,
    sha256: "0",
    size: [0.5, 1, 0.5],
    stands: "floor",
    seats: [{ position: [0, 0.45, 0.1], heading_degrees: 180 }],
  },
];
const quarter: [number, number, number, number] = [0, Math.SQRT1_2, 0, Math.SQRT1_2];

function chair(id: string, x: number): Placement {
  const transform = { position: [x, 0, 0] as [number, number, number], rotation: quarter };
  return { entity: { id, transform, model: { url: URL, sha256: "0" } }, owner: "o" };
}

describe("what people have placed", () => {
  const sit = vi.fn();
  let placed: Placed;
  let targets: Targets;

  beforeEach(async () => {
    const files: Record<string, unknown> = {
      "/gltf/furniture/library.json": LIBRARY,
      "/scene": { room: "r", op_sequence: 1, placed: [chair("t-1", 2)] },
    };
    vi.stubGlobal("fetch", async (path: string) => ({ ok: true, json: async () => files[path] }));
    targets = new Targets(() => undefined);
    const deeds = { feet: new Vector3(), sit, approach: () => undefined, notice: () => undefined };
    placed = new Placed(fakeState("zh"), targets, deeds);
    placed.welcomed({ space: { arrangement_url: "/scene" }, resumed: false, participant: "me" } as Welcome);
    await vi.waitFor(() => expect(targets.get("seat:t-1.0")).toBeDefined());
  });

  afterEach(() => vi.unstubAllGlobals());

  it("can be sat on where it stands and is called what it is", () => {
    const seat = targets.get("seat:t-1.0")!;
    expect(seat.label()).toBe("椅子");
    expect(seat.at.x).toBeCloseTo(2.1);
    seat.act();
    const { position, heading } = sit.mock.lastCall![0];
    expect(position[1]).toBeCloseTo(0.45);
    // A quarter turn puts its front toward +X.
    expect([-Math.sin(heading), -Math.cos(heading)]).toEqual([expect.closeTo(1), expect.closeTo(0)]);
    placed.things.hold("t-1", { position: [5, 0, 0], rotation: quarter });
    expect(seat.at.x).toBeCloseTo(5.1);
    const [long, text] = ["a word ".repeat(20), "Ada's chair"];
    const put = (words: string): void => {
      const { entity } = chair("t-1", 2);
      const caption = { text: words, language: "en" };
      placed.event({
        type: "operated",
        op_sequence: placed.arrangement.op_sequence + 1,
        by: null,
        put: [{ entity: { ...entity, caption }, owner: "o" }],
      });
    };
    put(text);
    expect(seat.label()).toBe(text);
    put(long);
    expect([...seat.label()]).toHaveLength(40);
  });

  it("is named by the library once somebody is near, and not before", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return { ok: true, json: async () => ({ name: "Harbour" }) };
    });
    const put = [0, 1].map((n): Placement => {
      const work = String(n).repeat(64);
      const transform = { position: [100 * n, 1, 0] as [number, number, number] };
      return { entity: { id: `t-${n}`, transform, media: { kind: "image", work, size: [1, 1] } }, owner: "o" };
    });
    placed.event({ type: "operated", op_sequence: 2, by: "bo", put });
    placed.update(1, new Vector3(60, 1, 0), new Quaternion(), 0, 0);
    expect(asked).toEqual([]);
    placed.update(1, new Vector3(95, 1, 0), new Quaternion(), 0, 0);
    placed.update(1, new Vector3(95, 1, 0), new Quaternion(), 0, 0);
    await vi.waitFor(() => expect(placed.name(placed.things.all.get("t-1")!)).toBe("Harbour"));
    expect(asked).toEqual([`/api/works/${"1".repeat(64)}`]);
  });

  it("is taken away with its seats, and hidden while an earlier state is looked at", () => {
    placed.show([chair("t-9", 0)]);
    expect([...placed.things.all.keys()]).toEqual(["t-9"]);
    placed.event({ type: "operated", op_sequence: 2, by: "bo", put: [chair("t-2", 1)], gone: ["t-1"] });
    expect([...placed.things.all.keys()]).toEqual(["t-9"]);
    placed.show(null);
    expect([...placed.things.all.keys()]).toEqual(["t-2"]);
    expect(targets.list().map(({ id }) => id)).toEqual(["seat:t-2.0"]);
  });
});
