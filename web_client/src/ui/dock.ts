/** The dock below: one row of buttons, one stop in the tab order, arrows within. */
import { keyLabel, keyOf, type PanelKey } from "../a11y/keys";
import { rove } from "../a11y/focus";
import { Cleanup } from "../hall/signal";
import { attempt, type Context, type PanelName, type Part } from "./context";
import { el } from "./dom";
import { icon, type IconName } from "./icons";

interface DockItem {
  id: string;
  icon: IconName;
  /** Name in the key table, for the hint. */
  key?: PanelKey;
  panel?: PanelName;
  /** Not in the row on a phone; found under More. */
  optional?: true;
}

const ITEMS: readonly (DockItem | "gap")[] = [
  { id: "moving", icon: "move", key: "help", panel: "help", optional: true },
  { id: "go_to", icon: "pin", key: "go_to", panel: "goto", optional: true },
  "gap",
  { id: "chat", icon: "chat", key: "chat", panel: "chat" },
  { id: "people", icon: "people", key: "people", panel: "people" },
  { id: "react", icon: "smile", key: "react", panel: "reactions" },
  { id: "hand", icon: "hand", key: "hand" },
  { id: "arrange", icon: "cube", key: "arrange", optional: true },
  "gap",
  { id: "safe", icon: "shield" },
  { id: "more", icon: "more", panel: "more" },
];

export function dock(context: Context): Part {
  const { state, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const element = el("nav", { class: "hud dock", "aria-label": t("dock.label"), "data-region": "dock" });
  for (const item of ITEMS)
    element.append(item === "gap" ? el("span", { class: "dock__gap" }) : dockButton(context, item, cleanup));
  const badge = el("span", { class: "count", hidden: true });
  element.querySelector("#dock-chat")?.append(badge);
  cleanup.add(
    model.unread.watch((count) => {
      badge.hidden = count === 0;
      badge.replaceChildren(
        el("span", { "aria-hidden": "true" }, count > 99 ? "99+" : String(count)),
        el("span", { class: "vh" }, t("dock.unread", { count })),
      );
    }),
  );
  const arrange = element.querySelector<HTMLElement>("#dock-arrange")!;
  cleanup.add(state.arrange.rights.watch(({ place, change }) => (arrange.hidden = !place && change === "none")));
  cleanup.add(state.arrange.on.watch((on) => arrange.setAttribute("aria-pressed", String(on))));
  const hand = element.querySelector("#dock-hand");
  cleanup.add(state.self.watch((self) => hand?.setAttribute("aria-pressed", String(self?.hand_raised ?? false))));
  cleanup.add(rove(element));
  return { element, dispose: () => cleanup.dispose() };
}

function dockButton(context: Context, item: DockItem, cleanup: Cleanup): HTMLElement {
  const { state, model, words } = context;
  const optional = item.optional ? " dock__opt" : item.id === "more" ? " dock__more" : "";
  const made = el(
    "button",
    { type: "button", id: `dock-${item.id}`, class: `dockbtn${optional}`, onclick: () => press(context, item) },
    icon(item.icon),
    words.t(`dock.${item.id}`),
  );
  const { panel, key } = item;
  if (panel) {
    made.setAttribute("aria-controls", "panel");
    cleanup.add(model.panel.watch((open) => made.setAttribute("aria-expanded", String(open === panel))));
  }
  cleanup.add(
    state.settings.watch(({ keys }) => {
      const code = key ? keyOf(key, keys) : "";
      const printed = item.id === "safe" ? "Shift+Esc" : code ? keyLabel(code, words.t, (name) => words.has(name)) : "";
      made.title = printed ? `${words.t(`dock.${item.id}`)} (${printed})` : "";
    }),
  );
  return made;
}

function press(context: Context, { id, panel }: DockItem): void {
  if (panel) context.model.toggle(panel);
  else if (id === "arrange") toggleArranging(context);
  else if (id === "hand") void raiseHand(context);
  else void goSafe(context);
}

/** Begins with the panel open; ends with it closed. */
export function toggleArranging({ state, actions, model }: Context): void {
  const { place, change } = state.arrange.rights.value;
  if (!state.arrange.on.value && (place || change !== "none")) model.panel.value = "arrange";
  else {
    actions.arrange.open(!state.arrange.on.value);
    if (model.panel.value === "arrange") model.panel.value = null;
  }
}

export async function raiseHand(context: Context): Promise<void> {
  const raised = !(context.state.self.value?.hand_raised ?? false);
  if (await attempt(context, context.actions.raiseHand(raised)))
    context.announcer.say(context.words.t(raised ? "live.hand.up" : "live.hand.down"));
}

/** At once, whatever is open: panels close so that one sees where one is. */
export async function goSafe(context: Context): Promise<void> {
  context.model.panel.value = null;
  if (await attempt(context, context.actions.goSafe())) context.announcer.alert(context.words.t("live.safe"));
}
