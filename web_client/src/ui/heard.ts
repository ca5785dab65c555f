/** While the chat is closed: new lines are counted, and a log out of sight tells them to screen readers. */
import { Cleanup } from "../hall/signal";
import type { Context, Part } from "./context";
import { el } from "./dom";

const MOST_KEPT = 20;

export function heard({ state, model, words: { t } }: Context): Part {
  const cleanup = new Cleanup();
  const log = el("div", { class: "vh", role: "log", "aria-label": t("chat.log") });
  let last = state.chat.value.at(-1)?.id ?? 0;
  cleanup.add(model.panel.watch((panel) => (log.hidden = panel === "chat")));
  cleanup.add(
    state.chat.watch((lines) => {
      const fresh = lines.filter(({ id, own }) => id > last && !own);
      last = Math.max(last, lines.at(-1)?.id ?? 0);
      if (model.panel.value === "chat") return;
      model.unread.value += fresh.length;
      for (const { name, text } of fresh) log.append(el("p", {}, `${name}: ${text}`));
      while (log.childElementCount > MOST_KEPT) log.firstChild?.remove();
    }),
  );
  return { element: log, dispose: () => cleanup.dispose() };
}
