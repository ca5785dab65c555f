/** The short panels: where to go, how to react, and on a phone what the dock has no room for. */
import { rove } from "../a11y/focus";
import { FIXED } from "../a11y/keys";
import { Cleanup } from "../hall/signal";
import type { Participant, Place, Reaction } from "../hall/state";
import { attempt, type Context, type PanelName } from "./context";
import { goSafe } from "./dock";
import { button, el } from "./dom";
import type { IconName } from "./icons";
import { face } from "./face";
import { about } from "./person_words";
import type { Content } from "./panel";

export function goToPanel(context: Context): Content {
  const { state, actions, model, words, announcer } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const places = el("div", { class: "rows" });
  const people = el("div", { class: "rows" });
  const go = (goal: Place | { participant: string }, name: string): void => {
    actions.goTo(goal);
    announcer.say(t("live.going", { name }));
    model.panel.value = null;
  };
  const others = (all: readonly Participant[]): Participant[] =>
    all.filter((person) => !person.self && !person.blocked).slice(0, 60);
  cleanup.add(
    state.places.watch((all) =>
      places.replaceChildren(
        ...(all.length > 0
          ? all.map((place) =>
              button(words.own(place.name), () => go(place, words.own(place.name)), { kind: "rowbtn", icon: "pin" }),
            )
          : [el("p", { class: "small muted" }, t("goto.none"))]),
      ),
    ),
  );
  let known = "";
  cleanup.add(
    state.people.watch((all) => {
      const key = others(all)
        .map(({ participant, name }) => participant + name)
        .join("\n");
      if (key === known) return;
      known = key;
      people.replaceChildren(
        ...others(all).map((person) => {
          const row = button("", () => go({ participant: person.participant }, person.name), { kind: "rowbtn" });
          row.append(
            face(person.name, person.participant, person.role),
            el("span", { dir: "auto" }, person.name),
            el("small", {}, about(context, person)),
          );
          return row;
        }),
      );
    }),
  );
  const safe = button(t("goto.safe"), () => void goSafe(context), { kind: "rowbtn", icon: "shield" });
  const hint = el("p", { class: "hint" }, t("goto.safe.hint", { key: FIXED.safe.replace("Escape", "Esc") }));
  return {
    title: t("goto.title"),
    element: el(
      "div",
      { class: "sheet__body sheet__scroll goto" },
      el("h3", {}, t("goto.places")),
      places,
      el("h3", {}, t("goto.people")),
      people,
      el("div", { class: "goto__safe" }, safe, hint),
    ),
    dispose: () => cleanup.dispose(),
  };
}

/** Drawn by the house: not every system has pictures among its letters. */
const REACTIONS: readonly (Reaction & IconName)[] = ["wave", "nod", "applause", "heart", "laugh", "question"];

export function reactionsPanel(context: Context): Content {
  const { actions, model, words } = context;
  const row = el(
    "div",
    { class: "sheet__body reactions" },
    ...REACTIONS.map((reaction) =>
      button(
        words.t(`react.${reaction}`),
        () => {
          model.panel.value = null;
          void attempt(context, actions.react(reaction));
        },
        { kind: "reaction", icon: reaction },
      ),
    ),
  );
  const stop = rove(row);
  return { title: words.t("react.title"), element: row, dispose: stop };
}

const MORE: readonly (readonly [PanelName, IconName, string])[] = [
  ["help", "move", "dock.moving"],
  ["goto", "pin", "dock.go_to"],
  ["arrange", "cube", "dock.arrange"],
  ["look", "person", "look.title"],
  ["settings", "gear", "bar.settings"],
  ["headset", "headset", "bar.headset"],
];

export function morePanel({ state, model, words: { t } }: Context): Content {
  const { place, change } = state.arrange.rights.value;
  const rows = MORE.filter(([panel]) => panel !== "arrange" || place || change !== "none").map(
    ([panel, picture, key]) => button(t(key), () => (model.panel.value = panel), { kind: "rowbtn", icon: picture }),
  );
  return {
    title: t("dock.more"),
    element: el("div", { class: "sheet__body rows" }, ...rows),
    dispose: () => undefined,
  };
}
