import { BoxGeometry, Group, Mesh, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { groundOf, PlainGround } from "../../src/world/collider";
import { readScene } from "../../src/world/scene_document";
import { type Target, Targets } from "../../src/world/targets";

const target = (id: string, at: Vector3): Target => ({
  id,
  role: "button",
  label: () => id,
  act: () => undefined,
  distance: () => 0,
  at,
  radius_metres: 0.4,
});
const open = new PlainGround(new Vector3(-50, 0, -50), new Vector3(50, 9, 50));
const eye = new Vector3(0, 1.6, 0);
const ahead = new Vector3(0, 0, -1);

describe("targets", () => {
  it("gives the nearest under a ray, and tells when the list changes", () => {
    let changes = 0;
    const targets = new Targets(() => changes++);
    targets.put(target("far", new Vector3(0, 1.6, -9)));
    targets.put(target("near", new Vector3(0.1, 1.6, -4)));
    targets.put(target("beside", new Vector3(3, 1.6, -2)));
    expect(targets.under(eye, ahead, open)?.id).toBe("near");
    targets.remove("near");
    targets.remove("nobody");
    expect(targets.under(eye, ahead, open)?.id).toBe("far");
    expect(changes).toBe(4);
  });

  it("does not reach through walls", () => {
    const group = new Group();
    const wall = new Mesh(new BoxGeometry(4, 4, 0.2));
    wall.position.set(0, 1, -3);
    group.add(wall);
    const targets = new Targets(() => undefined);
    targets.put(target("behind", new Vector3(0, 1.6, -6)));
    expect(targets.under(eye, ahead, groundOf(group)!)).toBeNull();
    targets.put(target("before", new Vector3(0, 1.6, -2)));
    expect(targets.under(eye, ahead, groundOf(group)!)?.id).toBe("before");
  });
});

it("reads a scene document: places in order, headings in radians", () => {
  const names = (en: string): Record<string, string> => ({ en, zh: en });
  const scene = readScene(
    {
      title: names("Hall"),
      environment: { model: { url: "x.glb", sha256: "ab".repeat(32) } },
      bounds: { low: [-1, 0, -1], high: [1, 2, 1] },
      entities: [
        { id: "b", transform: { position: [0, 0, 0] }, place: { name: names("B"), heading_degrees: 90, order: 2 } },
        { id: "a", transform: { position: [1, 0, 0] }, place: { name: names("A"), heading_degrees: 0, order: 1 } },
        { id: "s", transform: { position: [0, 0.46, 0] }, seat: { heading_degrees: 180 } },
        { id: "d", transform: { position: [0, 1, 0] }, portal: { target: "x", label: names("Door"), is_open: false } },
      ],
    },
    "/gltf/halls/x.scene.json?v=1",
  );
  expect(scene.places.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(scene.places[1]!.heading).toBeCloseTo(Math.PI / 2);
  expect(scene.seats[0]!.heading).toBeCloseTo(Math.PI);
  expect(scene.portals[0]).toMatchObject({ room: "x", open: false });
  expect(scene.model).toBe(`/gltf/halls/x.glb?v=${"ab".repeat(8)}`);
});
