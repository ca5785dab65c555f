import { Quaternion, Vector3 } from "three";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Editor } from "../../src/editor/editor";
import { yawOf } from "../../src/editor/snap";
import type { Transform } from "../../src/net/protocol.gen";
import { PlainGround } from "../../src/world/collider";
import { Things } from "../../src/world/placed/things";
import type { Grip } from "../../src/xr/grip";
import { Hands } from "../../src/xr/hands";
import { fakeState } from "../ui/fake_hall";

function hand(x: number): Grip {
  const grip = { tracked: true, side: "right", position: new Vector3(x, 1, 0), origin: new Vector3(x, 1, 0) };
  return { ...grip, direction: new Vector3(0, -0.4, -1).normalize() } as unknown as Grip;
}

describe("hands in a headset", () => {
  let at: Transform;
  let holds: { id: string | null; transform: Transform; putDown: ReturnType<typeof vi.fn> };
  let hands: Hands;
  const [right, left] = [hand(0), hand(-0.4)];

  beforeEach(() => {
    const state = fakeState();
    state.arrange.on.value = state.arrange.free.value = true;
    const things = new Things();
    at = { position: [0, 0.2, -2], rotation: [0, 0, 0, 1], scale: 1 };
    const thing = things.put({ entity: { id: "t", transform: at, model: { url: "/m", sha256: "0" } }, owner: "o" });
    holds = { id: null, transform: at, putDown: vi.fn(() => (holds.id = null)) };
    const editor = {
      placing: { ghost: { source: null } },
      under: () => thing,
      choose: () => undefined,
      bench: { holds, things, aim: { hall: new PlainGround(new Vector3(-9, 0, -9), new Vector3(9, 3, 9)) } },
      carrying: {
        grab: () => (holds.id = "t"),
        carry: (to: Transform) => (at = holds.transform = to),
      },
    };
    hands = new Hands(editor as unknown as Editor, state);
    right.position.set(0, 1, 0);
    right.origin.set(0, 1, 0);
    right.direction.set(0, -0.4, -1).normalize();
    left.position.set(-0.4, 1, 0);
  });

  it("carry a thing upright with one, and set it on the floor", () => {
    expect(hands.pressed(right)).toBe(true);
    right.origin.x = 1;
    hands.update([right, left]);
    expect(at.position[0]).toBeCloseTo(1);
    right.direction.applyAxisAngle(new Vector3(0, 1, 0), 0.5);
    hands.update([right, left]);
    expect(yawOf(new Quaternion(...at.rotation!))).toBeCloseTo(0.5);
    right.origin.y = -3;
    hands.update([right, left]);
    expect(at.position[1]).toBeCloseTo(0);
    hands.released(right);
    expect(holds.putDown).toHaveBeenCalledOnce();
  });

  it("turn and scale it with two, and one may leave", () => {
    hands.pressed(right);
    hands.pressed(left);
    left.position.set(-0.8, 1, 0);
    hands.update([right, left]);
    expect(at.scale).toBeCloseTo(2);
    left.position.set(0, 1, -0.8);
    hands.update([right, left]);
    expect(Math.abs(yawOf(new Quaternion(...at.rotation!)))).toBeCloseTo(Math.PI / 2);
    hands.released(left);
    hands.update([right, left]);
    expect(at.scale).toBeCloseTo(2);
    expect(holds.putDown).not.toHaveBeenCalled();
    (right as { tracked: boolean }).tracked = false;
    hands.update([right, left]);
    expect(holds.putDown).toHaveBeenCalledOnce();
    (right as { tracked: boolean }).tracked = true;
  });
});
