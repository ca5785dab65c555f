/** What is placed here as a list, the nearest first: choosing without a pointer. */
import { Cleanup } from "../../hall/signal";
import type { Context, Part } from "../../ui/context";
import { button, el } from "../../ui/dom";

const MOST = 100;

export function hereTab({ state, actions, words }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const list = el("ul", { class: "rows" });
  const count = el("p", { class: "small muted", role: "status" });
  const search = el("input", {
    type: "search",
    class: "input",
    id: "arrange-search",
    "aria-label": t("arrange.search"),
    placeholder: t("arrange.search"),
    oninput: () => show(),
  });
  const show = (): void => {
    const wanted = search.value.trim().toLocaleLowerCase();
    const all = actions.arrange.here();
    const found = wanted ? all.filter(({ label }) => label.toLocaleLowerCase().includes(wanted)) : all;
    const chosen = state.arrange.chosen.value?.id;
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : "";
    list.replaceChildren(
      ...found.slice(0, MOST).map(({ id, label, distance_m, mine }) => {
        const row = button(
          "",
          () => actions.arrange.choose(id),
          { kind: "rowbtn" },
          { id: `arrange-row-${id}`, "aria-pressed": String(id === chosen) },
        );
        const metres = t("arrange.metres", { metres: distance_m });
        row.append(
          el("span", { dir: "auto" }, label),
          el("small", {}, mine ? `${t("arrange.mine")} · ${metres}` : metres),
        );
        return el("li", {}, row);
      }),
    );
    if (focused) document.getElementById(focused)?.focus();
    count.textContent =
      all.length === 0
        ? t("arrange.here.none")
        : found.length > MOST
          ? t("arrange.here.more", { shown: MOST, count: found.length })
          : t("arrange.here.count", { count: found.length });
  };
  cleanup.add(state.arrange.version.watch(show));
  let chosen: string | undefined;
  cleanup.add(
    state.arrange.chosen.watch((next) => {
      if (next?.id === chosen) return;
      chosen = next?.id;
      show();
    }),
  );
  return { element: el("div", { class: "arrange__here" }, search, count, list), dispose: () => cleanup.dispose() };
}
