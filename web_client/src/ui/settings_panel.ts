/** Settings: each is in force at once and kept on the device. */
import { Cleanup } from "../hall/signal";
import type { Comfort, Settings } from "../hall/state";
import { LANGUAGES, ownName } from "../i18n/catalog";
import { attempt, change, type Context } from "./context";
import { button, check, choice, el, field, selectOf } from "./dom";
import { keyEditor } from "./key_editor";
import type { Content } from "./panel";

/** Settings that are one of a few values, in the order of the page. */
const CHOICES = [
  { name: "theme", values: ["auto", "light", "dark"] },
  { name: "contrast", values: ["auto", "normal", "more"] },
  { name: "quality", values: ["auto", "high", "low"] },
] as const satisfies readonly { name: keyof Settings; values: readonly string[] }[];
const COMFORT_CHOICES = [
  { name: "locomotion", values: ["teleport", "smooth"] },
  { name: "turn", values: ["snap", "smooth"] },
] as const satisfies readonly { name: keyof Comfort; values: readonly string[] }[];
const COMFORT_FLAGS = [
  { name: "reducedMotion", key: "settings.motion" },
  { name: "vignette", key: "settings.vignette" },
  { name: "seated", key: "settings.seated" },
  { name: "leftHanded", key: "settings.left" },
] as const satisfies readonly { name: keyof Comfort; key: string }[];
const BUBBLES_METRES = [0, 0.5, 0.8, 1.2, 2] as const;
const TURN_DEGREES = [15, 30, 45, 60] as const;

export function settingsPanel(context: Context): Content {
  const { state, actions, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const now = state.settings.value;
  const comfort = (part: Partial<Comfort>): void =>
    change(state, { comfort: { ...state.settings.value.comfort, ...part } });

  const language = selectOf(
    "settings-language",
    LANGUAGES.map((value) => ({ value, words: ownName(value) })),
    words.language,
    (value) => change(state, { language: value }),
  );
  const displays = CHOICES.map(({ name, values }) =>
    choice(
      t(`settings.${name}`),
      `settings-${name}`,
      values.map((value) => ({ value, words: t(`settings.${name}.${value}`) })),
      now[name],
      (value) => change(state, { [name]: value }),
    ),
  );
  const comforts = COMFORT_CHOICES.map(({ name, values }) =>
    choice(
      t(`settings.${name}`),
      `settings-${name}`,
      values.map((value) => ({ value, words: t(`settings.${name}.${value}`) })),
      now.comfort[name],
      (value) => comfort({ [name]: value }),
    ),
  );
  const degrees = selectOf(
    "settings-degrees",
    TURN_DEGREES.map((count) => ({ value: String(count), words: t("settings.degrees.value", { count }) })),
    String(now.comfort.turnDegrees),
    (value) => comfort({ turnDegrees: Number(value) }),
  );
  const bubble = selectOf(
    "settings-bubble",
    BUBBLES_METRES.map((metres) => ({
      value: String(metres),
      words: metres ? t("settings.bubble.value", { metres }) : t("settings.bubble.off"),
    })),
    String(now.comfort.bubbleMetres),
    (value) => comfort({ bubbleMetres: Number(value) }),
  );
  const flags = COMFORT_FLAGS.map(({ name, key }) =>
    check(t(key), `settings-${name}`, now.comfort[name], (on) => comfort({ [name]: on })),
  );
  const map = check(t("settings.map"), "settings-map", model.mapShown.value, (on) => (model.mapShown.value = on));
  const own = check(t("settings.own_avatars"), "settings-own-avatars", now.ownAvatars, (on) =>
    change(state, { ownAvatars: on }),
  );
  const away = check(
    t("settings.away"),
    "settings-away",
    state.self.value?.away ?? false,
    (on) => void attempt(context, actions.setAway(on)),
  );
  const mirror = button(
    t("look.title"),
    () => (model.panel.value = "look"),
    { kind: "btn--small" },
    { id: "open-look" },
  );
  const keys = keyEditor(context);
  cleanup.add(() => keys.dispose());

  return {
    title: t("settings.title"),
    element: el(
      "div",
      { class: "sheet__body sheet__scroll settings" },
      el("p", { class: "hint" }, t("settings.kept")),
      section(t("settings.display"), field(t("settings.language"), language), ...displays, map, own),
      section(
        t("settings.comfort"),
        ...flags.slice(0, 1),
        field(t("settings.bubble"), bubble, t("settings.bubble.hint")),
        ...comforts,
        field(t("settings.degrees"), degrees),
        ...flags.slice(1),
      ),
      section(t("settings.you"), away, mirror),
      section(t("settings.keys"), keys.element),
    ),
    first: language,
    dispose: () => cleanup.dispose(),
  };
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  return el("section", { class: "settings__part" }, el("h3", {}, title), ...content);
}
