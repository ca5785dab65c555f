/** While the chat is closed: new lines are counted, the last stands as a caption, and a log out of sight tells screen readers. */
import { Cleanup } from "../hall/signal";
import type { Context, Part } from "./context";
import { el } from "./dom";

const MOST_KEPT = 20;
/** How long a caption stands: long enough to look up and read it. */
const CAPTION_MS = { least: 4000, per_char: 70, most: 12_000 } as const;

export function heard({ state, model, words: { t } }: Context): Part {
  const cleanup = new Cleanup();
  const log = el("div", { class: "vh", role: "log", "aria-label": t("chat.log") });
  const caption = el("p", { class: "hud caps", "aria-hidden": "true", hidden: true });
  let timer: ReturnType<typeof setTimeout> | null = null;
  const hush = (): void => {
    if (timer) clearTimeout(timer);
    caption.hidden = true;
  };
  cleanup.add(hush);
  let last = state.chat.value.at(-1)?.id ?? 0;
  cleanup.add(
    model.panel.watch((panel) => {
      log.hidden = panel === "chat";
      if (panel === "chat") hush();
    }),
  );
  cleanup.add(
    state.chat.watch((lines) => {
      const fresh = lines.filter(({ id, own }) => id > last && !own);
      last = Math.max(last, lines.at(-1)?.id ?? 0);
      if (model.panel.value === "chat" || fresh.length === 0) return;
      model.unread.value += fresh.length;
      for (const { name, text } of fresh) log.append(el("p", {}, `${name}: ${text}`));
      while (log.childElementCount > MOST_KEPT) log.firstChild?.remove();
      const { name, text } = fresh.at(-1)!;
      hush();
      caption.replaceChildren(el("b", {}, name), el("span", { dir: "auto" }, text));
      caption.hidden = false;
      const wait = Math.min(CAPTION_MS.most, CAPTION_MS.least + CAPTION_MS.per_char * text.length);
      timer = setTimeout(hush, wait);
    }),
  );
  return { element: el("div", { class: "heard" }, log, caption), dispose: () => cleanup.dispose() };
}
