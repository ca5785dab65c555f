/** Words from the house: moderators' notices stay until put away; short confirmations go by themselves. */
import { Cleanup } from "../hall/signal";
import type { Context, Part, Toast } from "./context";
import { button, el } from "./dom";
import { icon, type IconName } from "./icons";

/** Said already where the person did it. */
const SAID: ReadonlySet<string> = new Set(["reported"]);
const TOAST_MS = 6000;
const MOST = 3;

/** Icon of each notice, and whether the words about an appeal belong to it. */
const KINDS: Readonly<Record<string, { icon: IconName; appeal: boolean }>> = {
  warned: { icon: "shield", appeal: true },
  muted: { icon: "shield", appeal: true },
  removed: { icon: "shield", appeal: true },
  banned: { icon: "lock", appeal: true },
  restarting: { icon: "clock", appeal: false },
  seat_taken: { icon: "table", appeal: false },
  door_closed: { icon: "arch", appeal: false },
  invitation: { icon: "arch", appeal: false },
  letter: { icon: "chat", appeal: false },
};

export function notices({ state, model, words, announcer }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const house = el("div", { class: "notices__house" });
  const toasts = el("div", { class: "notices__toasts" });
  const element = el(
    "section",
    { class: "notices", "aria-label": t("notice.region"), "data-region": "notices" },
    house,
    toasts,
  );
  let heard = Math.max(0, ...state.notices.value.map(({ id }) => id));

  /** The house's sentence, and what was added to it where the sentence has not taken it in. A code of a later library is no sentence. */
  const said = (code: string, detail: string): { title: string; rest: string } => {
    const key = [`notice.${code}`, `trouble.${code}`].find((known) => words.has(known)) ?? "notice.letter";
    const title = t(key, { detail });
    return { title, rest: detail && title.includes(detail) ? "" : detail };
  };
  const show = (): void => {
    const away = model.putAway.value;
    const open = state.notices.value.filter(({ id, code }) => !away.has(id) && !SAID.has(code)).slice(-MOST);
    house.replaceChildren(
      ...open.map(({ id, code, detail }) => {
        const kind = KINDS[code] ?? { icon: "info" as const, appeal: false };
        const close = button(t("notice.close"), () => (model.putAway.value = new Set([...away, id])), {
          icon: "close",
          wordless: true,
          kind: "btn--small",
        });
        const { title, rest } = said(code, detail);
        const text = el("div", { class: "toast__text" }, el("b", {}, title));
        if (rest) text.append(el("p", { dir: "auto" }, rest));
        if (kind.appeal) text.append(el("small", {}, t("notice.appeal")));
        return el("div", { class: "hud toast" }, icon(kind.icon), text, close);
      }),
    );
  };
  cleanup.add(
    state.notices.watch((all) => {
      for (const { id, code, detail } of all) {
        const { title, rest } = said(code, detail);
        if (id > heard && !SAID.has(code)) announcer.alert(rest ? `${title}. ${rest}` : title);
      }
      heard = Math.max(heard, ...all.map(({ id }) => id));
      show();
    }),
  );
  cleanup.add(model.putAway.watch(show));
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  cleanup.add(() => timers.forEach((timer) => clearTimeout(timer)));
  cleanup.add(
    model.toasts.watch((all: readonly Toast[]) => {
      toasts.replaceChildren(
        ...all.map((toast) =>
          el(
            "div",
            { class: `hud toast${toast.bad ? " toast--bad" : ""}` },
            icon(toast.bad ? "alert" : "check"),
            el("div", { class: "toast__text" }, toast.words),
          ),
        ),
      );
      for (const { id } of all)
        if (!timers.has(id))
          timers.set(
            id,
            setTimeout(() => model.dropToast(id), TOAST_MS),
          );
    }),
  );
  return { element, dispose: () => cleanup.dispose() };
}
