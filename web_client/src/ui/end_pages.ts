/** When the hall did not open, or closed: what happened, what is safe, what to do. */
import { Cleanup } from "../hall/signal";
import { troubleWords, wordsFace, type Context, type Part } from "./context";
import { countdown } from "./countdown";
import { button, el } from "./dom";
import { plainAddress } from "./plain";
import { icon, type IconName } from "./icons";

interface End {
  title: string;
  text: string;
  reason: string;
  picture: IconName;
  /** What the main button says, if there is one. */
  again: string | null;
  act: () => void;
  /** Whether the page without the picture helps. */
  plain: boolean;
}

const RELOADS: ReadonlySet<string> = new Set(["out_of_date", "wrong_origin", "bad_request", "not_signed_in"]);
const PICTURES: Readonly<Record<string, IconName>> = {
  offline: "offline",
  room_full: "people",
  banned: "lock",
  removed: "shield",
  taken_over: "person",
  restarting: "clock",
  session_ended: "arch",
  no_headset: "headset",
  timeout: "clock",
};
const PLAIN_HELPS: ReadonlySet<string> = new Set(["load_failed", "timeout", "no_webgl"]);
const CLOSED = ["removed", "banned", "taken_over", "restarting", "session_ended"] as const;

/** Phase `failed`: with a countdown where the library named a wait, after which it is tried again by itself. */
export function failed(context: Context): Part {
  const { state, actions, words } = context;
  const { t } = words;
  const why = state.trouble.value ?? { code: "internal", detail: "", retryAfterMs: null };
  const reloads = RELOADS.has(why.code);
  const titleKey = `trouble.${why.code}.title`;
  const cleanup = new Cleanup();
  const part = page(context, {
    title: t(words.has(titleKey) ? titleKey : "trouble.title"),
    text: troubleWords(wordsFace(words), { ...why, retryAfterMs: null }),
    reason: "",
    picture: PICTURES[why.code] ?? "alert",
    again: why.code === "banned" ? null : t(reloads ? "trouble.reload" : "trouble.retry"),
    act: () => (reloads ? location.reload() : actions.retry()),
    plain: PLAIN_HELPS.has(why.code) && !context.model.flat.value,
  });
  if (why.retryAfterMs && why.retryAfterMs > 0) {
    const wait = el("p", { class: "end__wait num" });
    part.element.querySelector(".end__text")?.after(wait);
    cleanup.add(
      countdown(
        why.retryAfterMs,
        (count) => (wait.textContent = t("trouble.retry.in", { count })),
        () => actions.retry(),
      ),
    );
  }
  return { element: part.element, dispose: () => cleanup.dispose() };
}

/** Phase `closed`: left, shown out, banned, taken over, or the library restarts. */
export function closed(context: Context): Part {
  const { state, words } = context;
  const { t } = words;
  const last = state.notices.value.at(-1);
  const said = state.trouble.value?.code ?? last?.code ?? "";
  const code = CLOSED.find((known) => known === said) ?? "left";
  const reason = state.trouble.value?.detail || (last?.code === code ? last.detail : "");
  const moderated = code === "removed" || code === "banned";
  return page(context, {
    title: t(`closed.${code}.title`),
    text: t(`closed.${code}.text`),
    reason: moderated && reason ? t("closed.reason", { why: reason }) : "",
    picture: PICTURES[code] ?? "arch",
    again: code === "banned" ? null : t(code === "taken_over" ? "closed.here" : "closed.again"),
    act: () => location.reload(),
    plain: false,
  });
}

function page({ words: { t } }: Context, end: End): Part {
  const element = el(
    "div",
    { class: "end" },
    el("div", { class: "backdrop" }),
    el(
      "section",
      { class: "end__card", role: "alertdialog", "aria-labelledby": "end-title", "aria-describedby": "end-text" },
      icon(end.picture),
      el("h1", { id: "end-title" }, end.title),
      el("p", { id: "end-text", class: "end__text" }, end.text),
      end.reason ? el("p", { class: "notice end__reason" }, icon("info"), el("span", {}, end.reason)) : null,
      el(
        "div",
        { class: "row" },
        end.again === null ? null : button(end.again, end.act, { kind: "btn--main" }),
        end.plain ? el("a", { class: "btn", href: plainAddress(location) }, t("plain.link")) : null,
        el("a", { class: "btn", href: "/" }, t("closed.front")),
      ),
    ),
  );
  return { element, dispose: () => undefined };
}
