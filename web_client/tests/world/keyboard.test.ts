// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyName } from "../../src/a11y/keys";
import { Keyboard } from "../../src/world/keyboard";
import type { Intent } from "../../src/world/walker";

let keyboard: Keyboard;
let pressed: KeyName[];

function key(type: "keydown" | "keyup", code: string, target: EventTarget = document.body): void {
  target.dispatchEvent(new KeyboardEvent(type, { code, bubbles: true }));
}

function intent(): Intent {
  const made = { forward: 0, sideways: 0, turn: 0, fast: false };
  keyboard.add(made);
  return made;
}

beforeEach(() => {
  pressed = [];
  keyboard = new Keyboard((name) => pressed.push(name));
});
afterEach(() => {
  keyboard.dispose();
  document.body.replaceChildren();
});

describe("keys", () => {
  it("act, stand and look as the table says, also after a person changed it", () => {
    for (const code of ["KeyF", "KeyX", "KeyL"]) key("keydown", code);
    keyboard.remap({ act: "KeyZ", stand: "" });
    for (const code of ["KeyF", "KeyX", "KeyZ"]) key("keydown", code);
    expect(pressed).toEqual(["act", "stand", "mouse_look", "act"]);
  });

  it("move while they are held, and stop when the window loses them", () => {
    key("keydown", "KeyW");
    key("keydown", "ShiftLeft");
    expect(intent()).toMatchObject({ forward: 1, fast: true });
    key("keyup", "ShiftLeft");
    window.dispatchEvent(new Event("blur"));
    expect(intent()).toMatchObject({ forward: 0, fast: false });
  });

  it("are letters to somebody who writes", () => {
    const box = document.createElement("input");
    document.body.append(box);
    key("keydown", "KeyW", box);
    key("keydown", "KeyF", box);
    expect([intent().forward, pressed]).toEqual([0, []]);
  });
});
