/** The panel for arranging: the library, one's own works, the chosen thing by numbers, what is here, earlier states. Opening it begins arranging. */
import { Cleanup } from "../../hall/signal";
import type { Context, Part } from "../../ui/context";
import { el } from "../../ui/dom";
import type { Content } from "../../ui/panel";
import { earlierTab } from "./earlier_tab";
import { hereTab } from "./here_tab";
import { libraryTab } from "./library_tab";
import { ARRANGE_TABS, type ArrangeTab } from "./tabs";
import { thingTab } from "./thing_tab";
import { worksTab } from "./works_tab";

const MAKERS: Readonly<Record<ArrangeTab, (context: Context) => Part>> = {
  add: libraryTab,
  works: worksTab,
  thing: thingTab,
  here: hereTab,
  earlier: earlierTab,
};

export function arrangePanel(context: Context): Content {
  const { state, actions, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  actions.arrange.open(true);
  const tabs = el("div", { class: "arrange__tabs", role: "tablist", "aria-label": t("arrange.title") });
  const body = el("div", {
    class: "sheet__scroll arrange__body",
    role: "tabpanel",
    id: "arrange-body",
    tabindex: 0,
  });
  let part: Part | null = null;
  const offered = (): ArrangeTab[] => {
    const { place, restore } = state.arrange.rights.value;
    return ARRANGE_TABS.filter(
      (tab) => (place || (tab !== "add" && tab !== "works")) && (restore || tab !== "earlier"),
    );
  };
  const show = (tab: ArrangeTab): void => {
    const known = offered();
    const shown = known.includes(tab) ? tab : known[0]!;
    const focused = tabs.contains(document.activeElement);
    tabs.replaceChildren(
      ...known.map((name) =>
        el(
          "button",
          {
            type: "button",
            role: "tab",
            id: `arrange-tab-${name}`,
            "aria-selected": String(name === shown),
            "aria-controls": "arrange-body",
            tabindex: name === shown ? 0 : -1,
            onclick: () => (model.arrangeTab.value = name),
          },
          t(`arrange.tab.${name}`),
        ),
      ),
    );
    if (focused) tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    part?.dispose();
    part = MAKERS[shown](context);
    body.setAttribute("aria-labelledby", `arrange-tab-${shown}`);
    body.replaceChildren(part.element);
  };
  cleanup.listen(tabs, "keydown", (event: KeyboardEvent) => {
    const known = offered();
    const here = known.indexOf(model.arrangeTab.value);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    model.arrangeTab.value = known[(here + step + known.length) % known.length]!;
  });
  cleanup.add(model.arrangeTab.watch(show));
  cleanup.add(() => part?.dispose());
  return {
    title: t("arrange.title"),
    element: el("div", { class: "sheet__body arrange__sheet" }, tabs, body),
    first: tabs.querySelector<HTMLElement>('[aria-selected="true"]'),
    dispose: () => cleanup.dispose(),
  };
}
