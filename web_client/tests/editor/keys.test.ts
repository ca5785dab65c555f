// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Chosen } from "../../src/editor/contract";
import { mount, type Mounted } from "../ui/fake_hall";

const CHAIR: Chosen = {
  id: "t-1",
  label: "Chair",
  kind: "model",
  distance_m: 2,
  mine: true,
  mayChange: true,
  position: [1, 0, 2],
  degrees: 0,
  scale: 1,
  size: [0.5, 1, 0.5],
  caption: "",
  holder: null,
};

describe("arranging by keys", () => {
  let hall: Mounted;
  const key = (name: string, more: KeyboardEventInit & { on?: EventTarget } = {}): void =>
    hall.press(name, { key: name, ...more });

  beforeEach(async () => {
    hall = await mount();
    const { arrange } = hall.state;
    arrange.rights.value = { place: true, change: "own", restore: false };
    arrange.on.value = true;
    arrange.chosen.value = CHAIR;
  });

  afterEach(() => hall.dispose());

  it("has a key for each handle, coarse with Shift, and on a handle the arrows do what it does", () => {
    const { step } = hall.actions.arrange;
    key("ArrowRight");
    expect(step).toHaveBeenLastCalledWith({ do: "move", right: 1, forward: 0, coarse: false });
    key("PageUp", { shiftKey: true });
    expect(step).toHaveBeenLastCalledWith({ do: "lift", up: 1, coarse: true });
    key("]");
    expect(step).toHaveBeenLastCalledWith({ do: "turn", sign: -1 });
    key("ArrowUp", { on: hall.get("[data-kind=scale]") });
    expect(step).toHaveBeenLastCalledWith({ do: "scale", sign: 1 });
    hall.state.arrange.chosen.value = null;
    key("ArrowRight");
    expect(step).toHaveBeenCalledTimes(4);
  });

  it("undoes, does again, copies and deletes, but not while somebody writes", async () => {
    const { arrange } = hall.actions;
    key("z", { ctrlKey: true });
    key("Z", { ctrlKey: true, shiftKey: true });
    key("d", { ctrlKey: true });
    key("Delete");
    for (const deed of [arrange.undo, arrange.redo, arrange.duplicate, arrange.remove])
      expect(deed).toHaveBeenCalledOnce();
    key("Enter");
    const caption = hall.get("#arrange-caption");
    expect(document.activeElement).toBe(caption);
    key("z", { ctrlKey: true, on: caption });
    key("Delete", { on: caption });
    expect(arrange.undo).toHaveBeenCalledOnce();
    expect(arrange.remove).toHaveBeenCalledOnce();
  });

  it("leaves step by step with Escape", () => {
    const { arrange } = hall.actions;
    arrange.cancel.mockReturnValueOnce(true).mockReturnValueOnce(false);
    key("Escape");
    expect(arrange.open).not.toHaveBeenCalled();
    key("Escape");
    expect(arrange.open).toHaveBeenLastCalledWith(false);
  });

  it("is free of the grid while Alt is held", () => {
    key("Alt");
    expect(hall.state.arrange.free.value).toBe(true);
    document.body.dispatchEvent(new KeyboardEvent("keyup", { key: "Alt", bubbles: true }));
    expect(hall.state.arrange.free.value).toBe(false);
  });
});
