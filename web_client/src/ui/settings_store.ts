/** A person's settings: kept on the device, read with suspicion, shown on the page. */
import type { Comfort, Settings } from "../hall/state";
import { KEY_NAMES } from "../a11y/keys";
import { bcp47 } from "../i18n/words";

const PLACE = "carrel.settings";
const MOST_CHARS = 4000;

type Check = (value: unknown) => boolean;
const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const between =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === "number" && value >= least && value <= most;
const flag: Check = (value) => typeof value === "boolean";

const SETTING_CHECKS: Readonly<Record<string, Check>> = {
  language: (value) => typeof value === "string" && /^[a-z]{2,3}$/.test(value),
  quality: oneOf("auto", "high", "low"),
  contrast: oneOf("auto", "normal", "more"),
  theme: oneOf("auto", "light", "dark"),
  ownAvatars: flag,
};
const COMFORT_CHECKS: Readonly<Record<keyof Comfort, Check>> = {
  locomotion: oneOf("teleport", "smooth"),
  turn: oneOf("snap", "smooth"),
  turnDegrees: between(10, 90),
  vignette: flag,
  seated: flag,
  reducedMotion: flag,
  bubbleMetres: between(0, 3),
  leftHanded: flag,
};

function sifted(value: unknown, checks: Readonly<Record<string, Check>>): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([name, held]) => checks[name]?.(held) ?? false));
}

/** What the device remembers, over `defaults`; whatever is not a setting as we know it is left out. */
export function recallSettings(defaults: Settings, store: Storage | null = deviceStore()): Settings {
  let kept: Record<string, unknown> = {};
  try {
    const text = store?.getItem(PLACE) ?? "";
    if (text && text.length <= MOST_CHARS) kept = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    // Unreadable settings are no settings.
  }
  const names: ReadonlySet<string> = new Set(KEY_NAMES);
  const keys = Object.entries(kept["keys"] ?? {}).filter(
    ([name, code]) => names.has(name) && /^\w{0,20}$/.test(String(code)),
  );
  return {
    ...defaults,
    ...sifted(kept, SETTING_CHECKS),
    comfort: { ...defaults.comfort, ...sifted(kept["comfort"], COMFORT_CHECKS) },
    keys: Object.fromEntries(keys) as Record<string, string>,
  };
}

export function rememberSettings(settings: Settings, store: Storage | null = deviceStore()): void {
  try {
    store?.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // A full or closed store: the settings hold for this visit.
  }
}

/** The device's store, or null where the browser denies it. */
export function deviceStore(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** Theme, contrast, motion and language onto the document. */
export function showSettings(settings: Settings, page: Document = document): void {
  const root = page.documentElement;
  const theme = themeOf(settings);
  if (theme) root.dataset["theme"] = theme;
  else delete root.dataset["theme"];
  if (settings.comfort.reducedMotion) root.dataset["motion"] = "reduce";
  else delete root.dataset["motion"];
  root.lang = bcp47(settings.language);
}

/** The tokens' theme name; null leaves it to the device. */
export function themeOf({ theme, contrast }: Pick<Settings, "theme" | "contrast">): string | null {
  const wants = (query: string): boolean => globalThis.matchMedia?.(query).matches ?? false;
  if (theme === "auto" && contrast === "auto") return null;
  const dark = theme === "dark" || (theme === "auto" && wants("(prefers-color-scheme: dark)"));
  const more = contrast === "more" || (contrast === "auto" && wants("(prefers-contrast: more)"));
  if (more) return dark ? "contrast-dark" : "contrast";
  return dark ? "dark" : "light";
}
