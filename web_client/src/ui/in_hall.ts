/** Everything over the picture while one is in the hall. */
import { Arrivals } from "../a11y/arrivals";
import { NearList } from "../a11y/near_list";
import { arrangeBar } from "../editor/ui/bar";
import { dropZone } from "../editor/ui/drop";
import { handles } from "../editor/ui/handles";
import { arrangeKeys } from "../editor/ui/keys";
import { arrangePanel } from "../editor/ui/panel";
import { Cleanup } from "../hall/signal";
import { bookCard } from "./book_card";
import { chatPanel } from "./chat_panel";
import type { Context, Part } from "./context";
import { dock } from "./dock";
import { el } from "./dom";
import { firstMinute } from "./first_minute";
import { headsetPanel } from "./headset_panel";
import { heard } from "./heard";
import { helpPanel } from "./help_panel";
import { hotkeys } from "./hotkeys";
import { lineStrip } from "./line_strip";
import { lookPanel } from "./look_panel";
import { minimap } from "./minimap";
import { notices } from "./notices";
import { PanelHost, type Contents } from "./panel";
import { peoplePanel } from "./people_panel";
import { plainAddress } from "./plain";
import { settingsPanel } from "./settings_panel";
import { goToPanel, morePanel, reactionsPanel } from "./small_panels";
import { topBar } from "./top_bar";

const CONTENTS: Contents = {
  arrange: arrangePanel,
  chat: chatPanel,
  people: peoplePanel,
  goto: goToPanel,
  help: helpPanel,
  settings: settingsPanel,
  headset: headsetPanel,
  look: lookPanel,
  reactions: reactionsPanel,
  more: morePanel,
};

export function inHall(context: Context): Part {
  const { state, words, announcer } = context;
  const cleanup = new Cleanup();
  const near = new NearList(state, words);
  const panels = new PanelHost(context, CONTENTS);
  // Order in the page is order under the Tab key: things near, bar, panel, map, dock.
  const parts = [
    topBar(context),
    lineStrip(context),
    notices(context),
    panels,
    bookCard(context),
    firstMinute(context),
    minimap(context),
    handles(context),
    arrangeBar(context),
    dropZone(context),
    dock(context),
    heard(context),
  ];
  const flat = flatPage(context);
  const element = el(
    "div",
    { class: "overlay" },
    flat && el("div", { class: "backdrop" }),
    near.element,
    flat,
    ...parts.map((part) => part.element),
  );
  for (const part of [near, ...parts]) cleanup.add(() => part.dispose());
  cleanup.add(arrangeKeys(context));
  cleanup.add(hotkeys(context));
  cleanup.add(state.arrange.on.watch((on) => element.classList.toggle("is-arranging", on)));

  const arrivals = new Arrivals(
    (sentence) => announcer.say(sentence),
    () => words.t,
  );
  cleanup.add(() => arrivals.reset());
  let hands = new Set<string>();
  cleanup.add(
    state.people.watch((people) => {
      arrivals.update(people);
      const raised = people.filter(({ hand_raised, self, blocked }) => hand_raised && !self && !blocked);
      for (const { participant, name } of raised)
        if (!hands.has(participant)) announcer.say(words.t("live.hand", { name }));
      hands = new Set(raised.map(({ participant }) => participant));
    }),
  );
  return { element, dispose: () => cleanup.dispose() };
}

/** Where there is no picture: says so, and the list of things stands in its place. */
function flatPage({ model, words: { t } }: Context): HTMLElement | null {
  const why = model.flat.value;
  if (!why) return null;
  const text = el("p", {}, t(why === "chosen" ? "flat.text.chosen" : "flat.text"));
  if (why === "chosen") text.append(" ", el("a", { href: plainAddress(location, true) }, t("flat.picture")));
  return el("section", { class: "flat" }, el("h2", {}, t("flat.title")), text);
}
