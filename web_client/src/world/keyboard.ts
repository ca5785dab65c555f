/** Held keys → what a person wants. Which key means what is a table that a person may change. */
import { Cleanup } from "../hall/signal";
import type { Intent } from "./walker";

/** Movement names, as the settings' key table has them, with the codes that always work. */
export const MOVES = {
  forward: ["KeyW", "ArrowUp"],
  back: ["KeyS", "ArrowDown"],
  left: ["KeyA"],
  right: ["KeyD"],
  turn_left: ["KeyQ", "ArrowLeft"],
  turn_right: ["KeyE", "ArrowRight"],
  faster: ["ShiftLeft", "ShiftRight"],
} as const;
export type Move = keyof typeof MOVES;

export class Keyboard {
  readonly #cleanup = new Cleanup();
  readonly #held = new Set<string>();
  readonly #codes = new Map<string, Move>();
  readonly #active = new Map<Move, number>();

  /** `pressed` hears every other key that was pressed outside of text fields. */
  constructor(pressed: (code: string, event: KeyboardEvent) => void) {
    this.remap({});
    this.#cleanup.listen(window, "keydown", (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!this.#codes.has(event.code)) return pressed(event.code, event);
      // Arrows inside a list or menu belong to it.
      if (event.code.startsWith("Arrow") && !isWorld(event.target)) return;
      if (event.code.startsWith("Arrow")) event.preventDefault();
      this.#held.add(event.code);
      this.#count();
    });
    this.#cleanup.listen(window, "keyup", (event: KeyboardEvent) => {
      if (this.#held.delete(event.code)) this.#count();
    });
    const release = (): void => {
      this.#held.clear();
      this.#count();
    };
    this.#cleanup.listen(window, "blur", release);
    this.#cleanup.listen(document, "visibilitychange", release);
    this.#cleanup.listen(document, "focusin", (event: FocusEvent) => {
      if (isTyping(event.target)) release();
    });
  }

  /** `keys` maps a movement's name to a code that takes the place of its first one. */
  remap(keys: Readonly<Record<string, string>>): void {
    this.#codes.clear();
    for (const [move, [first, ...rest]] of Object.entries(MOVES) as [Move, readonly string[]][]) {
      this.#codes.set(keys[move] ?? first!, move);
      for (const code of rest) if (!this.#codes.has(code)) this.#codes.set(code, move);
    }
  }

  #count(): void {
    this.#active.clear();
    for (const code of this.#held) {
      const move = this.#codes.get(code);
      if (move) this.#active.set(move, 1);
    }
  }

  #is(move: Move): number {
    return this.#active.get(move) ?? 0;
  }

  /** Adds what the keys say. */
  add(intent: Intent): void {
    intent.forward += this.#is("forward") - this.#is("back");
    intent.sideways += this.#is("right") - this.#is("left");
    intent.turn += this.#is("turn_left") - this.#is("turn_right");
    intent.fast ||= this.#is("faster") > 0;
  }

  dispose(): void {
    this.#cleanup.dispose();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function isWorld(target: EventTarget | null): boolean {
  return target === document.body || target instanceof HTMLCanvasElement || target === null;
}
