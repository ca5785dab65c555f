/** Keys that open panels, and the two that always work: Shift+Escape to the safe place, F6 round the regions. */
import { nextRegion } from "../a11y/focus";
import { keyTable, PANEL_KEYS, type KeyName, type PanelKey } from "../a11y/keys";
import { Cleanup } from "../hall/signal";
import type { Context, PanelName } from "./context";
import { goSafe, raiseHand, toggleArranging } from "./dock";

const OPENS: Readonly<Partial<Record<PanelKey, PanelName>>> = {
  arrange: "arrange",
  chat: "chat",
  people: "people",
  go_to: "goto",
  react: "reactions",
  settings: "settings",
  help: "help",
};
const PANEL_NAMES: ReadonlySet<KeyName> = new Set(PANEL_KEYS);
const IN_HALL: ReadonlySet<string> = new Set(["present", "reconnecting"]);

export function hotkeys(context: Context): () => void {
  const { state, model, root } = context;
  const cleanup = new Cleanup();
  let table = keyTable({});
  cleanup.add(state.settings.watch(({ keys }) => (table = keyTable(keys))));
  cleanup.listen(window, "keydown", (event: KeyboardEvent) => {
    if (!IN_HALL.has(state.phase.value) || event.defaultPrevented) return;
    if (event.code === "F6") {
      event.preventDefault();
      return nextRegion(root, event.shiftKey);
    }
    if (event.key === "Escape" && event.shiftKey) {
      event.preventDefault();
      return void goSafe(context);
    }
    if (event.key === "Escape") return void (model.panel.value = null);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    const name = table.get(event.code);
    if (!name || !PANEL_NAMES.has(name)) return;
    // Enter on a button is that button's.
    if (
      event.code === "Enter" &&
      event.target instanceof HTMLElement &&
      event.target.closest("button, a, summary, label")
    )
      return;
    event.preventDefault();
    const panel = OPENS[name as PanelKey];
    if (panel === "arrange") toggleArranging(context);
    else if (panel) model.toggle(panel);
    else if (name === "hand") void raiseHand(context);
    else if (name === "map") model.mapShown.value = !model.mapShown.value;
  });
  return () => cleanup.dispose();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
        !/^(radio|checkbox|button)$/.test((target as HTMLInputElement).type)))
  );
}
