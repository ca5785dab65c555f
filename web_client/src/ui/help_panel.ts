/** How to move: keys as this person has them, mouse, touch, headset. */
import { underThumb } from "../a11y/focus";
import { FIXED, keyLabel, keyOf, KEYS, type KeyName } from "../a11y/keys";
import type { Context } from "./context";
import { button, el } from "./dom";
import { icon } from "./icons";
import type { Content } from "./panel";

const SHOWN: readonly KeyName[] = [
  "forward",
  "back",
  "left",
  "right",
  "turn_left",
  "turn_right",
  "faster",
  "act",
  "stand",
  "mouse_look",
  "chat",
  "people",
  "go_to",
  "hand",
  "arrange",
];
const WAYS = {
  mouse: ["look", "walk", "act"],
  touch: ["stick", "look", "walk"],
  headset: ["teleport", "turn", "point", "menu"],
} as const;

export function helpPanel({ state, model, words }: Context): Content {
  const { t } = words;
  const chosen = state.settings.value.keys;
  const label = (code: string): HTMLElement =>
    el(
      "kbd",
      {},
      keyLabel(code, t, (key) => words.has(key)),
    );
  const row = (name: KeyName): HTMLElement[] => {
    const codes = [keyOf(name, chosen), ...KEYS[name].slice(1)].filter(Boolean);
    return [el("dt", {}, t(`keys.${name}`)), el("dd", {}, ...codes.map(label))];
  };
  const fixed = [
    el("dt", {}, t("keys.regions")),
    el("dd", {}, el("kbd", {}, FIXED.regions)),
    el("dt", {}, t("keys.safe")),
    el("dd", {}, el("kbd", {}, "Shift"), el("kbd", {}, "Esc")),
  ];
  const way = (name: keyof typeof WAYS): HTMLElement[] => [
    el("h3", {}, t(`help.${name}`)),
    el("ul", { class: "help__lines" }, ...WAYS[name].map((line) => el("li", {}, t(`help.${name}.${line}`)))),
  ];
  const keys = [
    el("h3", {}, t("help.keys")),
    el("dl", { class: "help__keys" }, ...SHOWN.flatMap(row), ...fixed),
    button(t("help.change"), () => (model.panel.value = "settings"), { kind: "btn--small" }),
  ];
  // Under a thumb the keys come last.
  const thumbs = underThumb();
  const order = thumbs
    ? [...way("touch"), ...way("headset"), ...way("mouse"), ...keys]
    : [...keys, ...way("mouse"), ...way("touch"), ...way("headset")];
  const element = el(
    "div",
    { class: "sheet__body sheet__scroll help", tabindex: 0, role: "group", "aria-label": t("help.title") },
    thumbs ? null : el("p", { class: "notice" }, icon("info"), el("span", {}, t("help.nobody"))),
    ...order,
  );
  return { title: t("help.title"), element, first: element, dispose: () => undefined };
}
