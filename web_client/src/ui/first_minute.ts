/** The first minute: three things one may want, offered once on a device. */
import { Cleanup } from "../hall/signal";
import type { Context, PanelName, Part } from "./context";
import { button, el } from "./dom";
import type { IconName } from "./icons";
import { deviceStore } from "./settings_store";

const PLACE = "carrel.welcomed";
const OFFERS: readonly (readonly [string, IconName, PanelName])[] = [
  ["look", "eye", "help"],
  ["find", "pin", "goto"],
  ["ask", "people", "people"],
];

export function firstMinute({ state, model, words: { t } }: Context): Part {
  const cleanup = new Cleanup();
  const store = deviceStore();
  if (store?.getItem(PLACE)) model.welcomed.value = true;
  const done = (): void => {
    model.welcomed.value = true;
    try {
      store?.setItem(PLACE, "1");
    } catch {
      // Then it is offered again next time.
    }
  };
  const offers = OFFERS.map(([name, picture, panel]) => {
    const act = (): void => {
      done();
      model.panel.value = panel;
    };
    const made = button("", act, { kind: "offer", icon: picture });
    made.append(el("span", {}, el("b", {}, t(`first.${name}`)), el("small", {}, t(`first.${name}.hint`))));
    return made;
  });
  const element = el(
    "section",
    { class: "first", "aria-labelledby": "first-title", "data-region": "first" },
    el("h2", { id: "first-title" }, t("first.title")),
    el("div", { class: "first__row" }, ...offers),
    button(t("first.dismiss"), done, { kind: "btn--plain btn--small" }),
  );
  const show = (): void => {
    if (model.panel.value) model.welcomed.value = true;
    element.hidden = model.welcomed.value || state.phase.value !== "present";
  };
  for (const signal of [model.welcomed, model.panel, state.phase])
    cleanup.add((signal.watch as (listener: () => void) => () => void)(show));
  return { element, dispose: () => cleanup.dispose() };
}
