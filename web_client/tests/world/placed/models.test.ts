import { BoxGeometry, Group, InstancedMesh, Matrix4, Mesh, MeshBasicMaterial, Vector3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Cost, costOf, openGlb } from "../../../src/world/glb_cost";
import { Budget, MODEL_MOST, onceMore, ROOM_MOST } from "../../../src/world/placed/budget";
import { modelOf, Models } from "../../../src/world/placed/models";
import { makeCopies } from "../glb";

const yes = (): boolean => true;

describe("placed models", () => {
  const files: Record<string, ArrayBuffer> = {};
  const came = vi.fn();
  const built = vi.spyOn(GLTFLoader.prototype, "parseAsync");
  let models: Models;

  beforeEach(() => {
    vi.stubGlobal(
      "fetch",
      async (path: string) => new Response(files[path] ?? null, { status: files[path] ? 200 : 404 }),
    );
    built.mockClear();
    models = new Models(MODEL_MOST.high, came);
  });
  afterEach(() => vi.unstubAllGlobals());

  async function want(url: string, admits: (cost: Readonly<Cost>) => boolean = yes): Promise<void> {
    came.mockClear();
    models.want(url, 0, admits);
    await vi.waitFor(() => expect(came).toHaveBeenCalled());
  }

  it("that are more than one may cost are never built", async () => {
    files["/bomb.glb"] = makeCopies(20_000, 1000);
    await want("/bomb.glb");
    expect(models.get("/bomb.glb")).toBe("heavy");
    files["/nodes.glb"] = makeCopies(20_000, 1);
    await want("/nodes.glb");
    expect(models.get("/nodes.glb")).toBe("heavy");
    expect(built).not.toHaveBeenCalled();
  });

  it("that a room has no place for are put aside, and built when it has", async () => {
    files["/chair.glb"] = makeCopies(50, 4);
    await want("/chair.glb", () => false);
    expect([models.get("/chair.glb"), built.mock.calls.length]).toEqual([undefined, 0]);
    expect(models.cost("/chair.glb")?.triangles).toBe(200);
    await want("/chair.glb", () => false);
    const model = models.get("/chair.glb");
    if (typeof model !== "object") throw new Error(String(model));
    expect([model.triangles, model.parts.length, [...models.here()].length]).toEqual([200, 1, 1]);
    expect(model.extent.size.x).toBeCloseTo(50);
  });

  it("are shown at rest: what moves them is not even read", async () => {
    const targets = [{ POSITION: 0 }];
    files["/moving.glb"] = makeCopies(2, 1, {
      scenes: [{ nodes: [0] }, { nodes: [1] }],
      nodes: [{ mesh: 0, weights: [1], skin: 0 }, { mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0, JOINTS_0: 9 }, indices: 1, targets }], weights: [1] }],
      animations: [{ channels: [{ sampler: 0, target: { node: 0, path: "weights" } }], samplers: [{ input: 9 }] }],
    });
    await want("/moving.glb");
    expect(models.get("/moving.glb")).toMatchObject({ triangles: 1 });
  });

  it("that are no GLB have failed", async () => {
    files["/bad.glb"] = new ArrayBuffer(7);
    await want("/bad.glb");
    expect(models.get("/bad.glb")).toBe("failed");
  });
});

describe("a model", () => {
  it("is one part with all copies of its meshes in their places", () => {
    const group = new Group();
    const [box, material] = [new BoxGeometry(1, 1, 1), new MeshBasicMaterial()];
    for (let i = 0; i < 3; i++) group.add(new Mesh(box, material).translateX(2 * i));
    const copies = new InstancedMesh(box, material, 2);
    copies.setMatrixAt(0, new Matrix4());
    copies.setMatrixAt(1, new Matrix4().makeTranslation(0, 9, 0));
    group.add(copies);
    const { parts, triangles, extent } = modelOf(group);
    expect([parts.length, triangles]).toEqual([1, 5 * 12]);
    expect(parts[0]!.geometry.getAttribute("position").count).toBe(5 * 24);
    expect(extent.size.distanceTo(new Vector3(5, 10, 1))).toBeLessThan(1e-6);
  });
});

describe("a room's budget", () => {
  const cost = costOf(openGlb(makeCopies(1, 1000)));

  it("counts triangles for every thing and the rest once for each model", () => {
    const budget = new Budget({ ...ROOM_MOST.low, triangles: 3000, draws: 1 });
    expect([budget.take(cost), budget.take(onceMore(cost)), budget.take(cost)]).toEqual([true, true, false]);
    expect([budget.take(onceMore(cost)), budget.take(onceMore(cost))]).toEqual([true, false]);
  });

  it("ends with the textures", () => {
    const budget = new Budget(ROOM_MOST.high);
    const large = { ...cost, texture_pixels: 48_000_000 };
    expect([1, 2, 3].map(() => budget.take(large))).toEqual([true, true, false]);
  });
});
