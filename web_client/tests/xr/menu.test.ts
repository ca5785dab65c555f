// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { HallActions } from "../../src/hall/state";
import { Menu } from "../../src/xr/menu";
import { PANEL } from "../../src/xr/panel";
import { fakeActions, fakeState } from "../ui/fake_hall";

describe("the page for arranging", () => {
  it("is there for who may arrange, and does what the strip on a screen does", async () => {
    const [state, actions] = [fakeState(), fakeActions()];
    const { arrange } = state;
    actions.arrange.library.mockResolvedValue([
      { id: "stool", name: { en: "Stool" }, url: "/stool.glb", sha256: "0", size: [1, 1, 1], stands: "floor" },
    ]);
    const changed = vi.fn();
    const deeds = { close: vi.fn(), leaveHeadset: vi.fn() };
    const menu = new Menu(state, () => actions as unknown as HallActions, deeds, changed);
    const press = (label: string): void => {
      const found = menu.page().buttons.find((button) => button.label === label);
      if (!found) throw new Error(`no ${label}`);
      found.press();
    };
    expect(menu.page().buttons.some(({ label }) => label === "Arrange")).toBe(false);
    arrange.rights.value = { place: true, change: "own", restore: false };
    press("Arrange");
    press("Arranging");
    expect(actions.arrange.open).toHaveBeenLastCalledWith(true);
    arrange.on.value = true;
    menu.page();
    await vi.waitFor(
      () => menu.page().buttons.some(({ label }) => label === "Stool") || Promise.reject(new Error("no stool")),
    );
    press("Stool");
    expect(actions.arrange.take.mock.lastCall![0].entity.model.url).toBe("/stool.glb");
    expect(deeds.close).toHaveBeenCalledOnce();
    arrange.chosen.value = { label: "Stool", mayChange: true } as never;
    press("Delete");
    press("Undo");
    expect(actions.arrange.remove).toHaveBeenCalledOnce();
    expect(actions.arrange.undo).toHaveBeenCalledOnce();
    for (const { x, width, y, height } of menu.page().buttons) {
      expect(x + width).toBeLessThanOrEqual(PANEL.width);
      expect(y + height).toBeLessThanOrEqual(PANEL.height);
    }
  });
});
