/** The doors opening: what is coming, how much of it is here, and after a while why it takes long. */
import { Cleanup } from "../hall/signal";
import type { LoadStep } from "../hall/state";
import type { Context, Part } from "./context";
import { el } from "./dom";
import { plainAddress } from "./plain";

const SLOW_MS = 4000;
const MEGABYTE = 1_000_000;
/** Steps with larger totals than this count bytes. */
const BYTES_FROM = 20_000;

export function loading({ state, words }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const fill = el("i", {});
  const bar = el(
    "div",
    { class: "bar", role: "progressbar", "aria-label": t("loading.label"), "aria-valuemin": 0, "aria-valuemax": 100 },
    fill,
  );
  const step = el("p", {});
  const amount = el("p", { class: "num" });
  const slow = el("p", { class: "loading__slow", role: "status" });
  const title = words.own(state.roomTitle.value) || t("loading.title");
  let what = t("hall.loading.connection");
  const timer = setTimeout(() => slow.replaceChildren(t("loading.slow", { what })), SLOW_MS);
  cleanup.add(() => clearTimeout(timer));

  const show = (load: LoadStep | null): void => {
    what = t(load?.key ?? "hall.loading.connection");
    step.textContent = t("loading.step", { what });
    const part = load && load.total > 0 ? Math.min(1, load.done / load.total) : 0;
    fill.style.width = `${Math.round(part * 100)}%`;
    // Without a total there is no value: an honest "busy".
    if (load && load.total > 0) bar.setAttribute("aria-valuenow", String(Math.round(part * 100)));
    else bar.removeAttribute("aria-valuenow");
    amount.textContent = load && load.total > 0 ? amountWords(load, t, words.number.bind(words)) : "\u00a0";
  };
  cleanup.add(state.load.watch(show));
  const element = el(
    "div",
    { class: "loading" },
    el("div", { class: "backdrop" }),
    el(
      "div",
      { class: "loading__in" },
      el("h1", {}, title),
      bar,
      step,
      amount,
      slow,
      el("a", { class: "btn", href: plainAddress(location) }, t("plain.link")),
    ),
  );
  return { element, dispose: () => cleanup.dispose() };
}

function amountWords(load: LoadStep, t: Context["words"]["t"], number: (value: number) => string): string {
  if (load.total < BYTES_FROM) return t("loading.count", { done: load.done, total: load.total });
  return t("loading.bytes", { done: number(load.done / MEGABYTE), total: number(load.total / MEGABYTE) });
}
