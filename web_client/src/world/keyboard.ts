/** Held keys → what a person wants. Which key means what is the interface's table, which a person may change. */
import { type KeyName, keyTable } from "../a11y/keys";
import { Cleanup } from "../hall/signal";
import type { Intent } from "./walker";

/** Held down, these move; the rest of the table's names are pressed. */
const HELD: ReadonlySet<KeyName> = new Set([
  "forward",
  "back",
  "left",
  "right",
  "turn_left",
  "turn_right",
  "faster",
] as const);

export class Keyboard {
  readonly #cleanup = new Cleanup();
  readonly #held = new Set<string>();
  readonly #active = new Set<KeyName>();
  #table: ReadonlyMap<string, KeyName> = keyTable({});

  /** `pressed` hears the names of keys that were pressed outside of text fields and controls. */
  constructor(pressed: (name: KeyName) => void) {
    this.#cleanup.listen(window, "keydown", (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const name = this.#table.get(event.code);
      if (!name) return;
      if (!HELD.has(name)) {
        if (!event.repeat) pressed(name);
        return;
      }
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

  /** `keys` as in the settings. */
  remap(keys: Readonly<Record<string, string>>): void {
    this.#table = keyTable(keys);
    this.#count();
  }

  #count(): void {
    this.#active.clear();
    for (const code of this.#held) {
      const name = this.#table.get(code);
      if (name) this.#active.add(name);
    }
  }

  #is(name: KeyName): number {
    return this.#active.has(name) ? 1 : 0;
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
