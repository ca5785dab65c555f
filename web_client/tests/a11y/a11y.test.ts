// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { Arrivals } from "../../src/a11y/arrivals";
import { keyConflict, keyOf, keyTable } from "../../src/a11y/keys";
import { Words } from "../../src/i18n/words";
import { direction } from "../../src/ui/minimap";
import { qrFrom } from "../../src/ui/headset_panel";
import { recallSettings } from "../../src/ui/settings_store";
import { fakeState, person } from "../ui/fake_hall";
import en from "../../../server/i18n/en/hall.json";

const { t } = new Words("en", en);
afterEach(() => vi.useRealTimers());

describe("arrivals", () => {
  it("are gathered: two are named, three are counted, and who only looked in is not told", () => {
    vi.useFakeTimers();
    const said: string[] = [];
    const arrivals = new Arrivals(
      (words) => said.push(words),
      () => t,
    );
    const [a, b, c, d] = ["Ada", "Bo", "Chen", "Dee"].map((name) => person(name, name)) as [never, never, never, never];
    arrivals.update([a]);
    vi.advanceTimersByTime(5000);
    arrivals.update([a, b]);
    arrivals.update([a, b, c]);
    vi.advanceTimersByTime(5000);
    arrivals.update([a, b, c, d]);
    arrivals.update([a, b, c]);
    vi.advanceTimersByTime(5000);
    arrivals.update([]);
    vi.advanceTimersByTime(5000);
    expect(said).toEqual(["Bo and Chen came in.", "3 people left."]);
  });
});

describe("keys", () => {
  it("a person's choice takes the first key's place and wins over second ones", () => {
    const table = keyTable({ chat: "ArrowUp" });
    expect(table.get("ArrowUp")).toBe("chat");
    expect(table.get("KeyW")).toBe("forward");
    expect(table.get("KeyC")).toBeUndefined();
    expect(keyOf("chat", { chat: "" })).toBe("");
    expect(keyTable({ chat: "" }).has("Enter")).toBe(false);
  });

  it("cannot take what is taken or the browser's own", () => {
    expect(keyConflict("KeyW", "chat", {})).toBe("forward");
    expect(keyConflict("Tab", "chat", {})).toBe("reserved");
    expect(keyConflict("KeyZ", "chat", {})).toBeNull();
  });
});

describe("what the device remembers", () => {
  const defaults = fakeState().settings.value;
  it.each([
    "",
    "null",
    "[]",
    "{",
    '"x"',
    '{"theme":"pink","comfort":{"bubbleMetres":"9"},"keys":{"__proto__":"x","chat":"<b>"}}',
  ])("is read with suspicion: %s", (text) => {
    localStorage.setItem("carrel.settings", text);
    expect(recallSettings(defaults)).toEqual(defaults);
  });
});

it("the map tells eight directions", () => {
  expect([0, Math.PI / 2, Math.PI, -Math.PI / 2, 4 * Math.PI].map(direction)).toEqual([0, 2, 4, 6, 0]);
});

it("of a QR code only the geometry is taken", () => {
  const made = qrFrom(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script><path d="M0 0h9v9" onload="alert(1)"/></svg>',
    "x",
  );
  expect(made?.querySelector("script")).toBeNull();
  expect(made?.querySelector("path")?.getAttributeNames()).toEqual(["d", "fill"]);
});
