/**
 * Which key does what. One table for the engine and the interface: a name from the contract, the `KeyboardEvent.code`s that do it.
 * A person may put another code in place of the first (`Settings.keys`); an empty code takes the key away.
 */
export const KEYS = {
  forward: ["KeyW", "ArrowUp"],
  back: ["KeyS", "ArrowDown"],
  left: ["KeyA"],
  right: ["KeyD"],
  turn_left: ["KeyQ", "ArrowLeft"],
  turn_right: ["KeyE", "ArrowRight"],
  faster: ["ShiftLeft", "ShiftRight"],
  act: ["KeyF"],
  stand: ["KeyX"],
  mouse_look: ["KeyL"],
  chat: ["KeyC", "Enter"],
  people: ["KeyP"],
  go_to: ["KeyG"],
  react: ["KeyR"],
  hand: ["KeyH"],
  map: ["KeyM"],
  arrange: ["KeyB"],
  settings: ["Comma"],
  help: ["Slash"],
} as const satisfies Record<string, readonly string[]>;

export type KeyName = keyof typeof KEYS;
export const KEY_NAMES = Object.keys(KEYS) as KeyName[];

/** Names that the interface carries out; the others move the body and belong to the engine. */
export const PANEL_KEYS = ["chat", "people", "go_to", "react", "hand", "map", "arrange", "settings", "help"] as const;
export type PanelKey = (typeof PANEL_KEYS)[number];

/** These always work and cannot be changed: the way out must not be lost. */
export const FIXED = { safe: "Shift+Escape", regions: "F6" } as const;
const RESERVED: ReadonlySet<string> = new Set(["Escape", "Tab", "F5", "F6", "F11", "F12", "Space"]);

/** The code a person has for `name` first; empty when they took it away. */
export function keyOf(name: KeyName, chosen: Readonly<Record<string, string>>): string {
  return chosen[name] ?? KEYS[name][0];
}

/** code → name, with a person's own choices; theirs win over another action's second code. */
export function keyTable(chosen: Readonly<Record<string, string>>): ReadonlyMap<string, KeyName> {
  const table = new Map<string, KeyName>();
  for (const name of KEY_NAMES) {
    const code = keyOf(name, chosen);
    if (code && !table.has(code)) table.set(code, name);
  }
  for (const name of KEY_NAMES) {
    if (chosen[name] === "") continue;
    for (const code of KEYS[name].slice(1)) if (!table.has(code)) table.set(code, name);
  }
  return table;
}

/** Null when `code` may be given to `name`, else the action that has it; `reserved` for the browser's own. */
export function keyConflict(
  code: string,
  name: KeyName,
  chosen: Readonly<Record<string, string>>,
): KeyName | "reserved" | null {
  if (RESERVED.has(code)) return "reserved";
  const holder = keyTable(chosen).get(code);
  return holder && holder !== name ? holder : null;
}

/** What is printed on the key, as far as a code tells: `KeyW` → `W`. `translate` gives the words of named keys. */
export function keyLabel(code: string, translate: (key: string) => string, has: (key: string) => boolean): string {
  if (has(`key.${code}`)) return translate(`key.${code}`);
  return PRINTED[code] ?? code.replace(/^(Key|Digit)/, "").replace(/^Numpad/, "Num ");
}

const PRINTED: Readonly<Record<string, string>> = {
  Comma: ",",
  Period: ".",
  Slash: "/",
  Semicolon: ";",
  Quote: "'",
  BracketLeft: "[",
  BracketRight: "]",
  Backslash: "\\",
  Minus: "-",
  Equal: "=",
  Backquote: "`",
};
