/** The bar above: where one is, how many are here, language, settings, headset. */
import { Cleanup } from "../hall/signal";
import { LANGUAGES, ownName, shortName } from "../i18n/catalog";
import { bcp47 } from "../i18n/words";
import { change, type Context, type Part } from "./context";
import { button, el } from "./dom";
import { icon } from "./icons";

export function topBar({ state, actions, model, words }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const title = el("h1", {});
  const count = el("p", { class: "num" });
  const library = document.body.dataset["library"] ?? "";
  const placeWords = (here: number): string =>
    [library, t("bar.people", { count: here })].filter(Boolean).join(t("list.comma"));
  cleanup.add(state.roomTitle.watch((names) => (title.textContent = words.own(names) || t("loading.title"))));
  cleanup.add(state.people.watch((people) => (count.textContent = placeWords(people.length))));
  const leave = el(
    "a",
    { class: "dockbtn place__leave", href: "/", "aria-label": t("bar.leave"), title: t("bar.leave") },
    icon("left"),
  );
  leave.addEventListener("click", (event) => {
    event.preventDefault();
    // The place is given up at once; a server that does not answer keeps nobody from going.
    void Promise.race([actions.leave().catch(() => undefined), new Promise((go) => setTimeout(go, 800))]).then(() =>
      location.assign("/"),
    );
  });
  const languages = LANGUAGES.map((code) =>
    el(
      "button",
      {
        type: "button",
        lang: bcp47(code),
        id: `language-${code}`,
        "aria-label": `${shortName(code)}, ${ownName(code)}`,
        "aria-pressed": String(code === words.language),
        onclick: () => change(state, { language: code }),
      },
      shortName(code),
    ),
  );
  const settings = button(
    t("bar.settings"),
    () => model.toggle("settings"),
    { icon: "gear", wordless: true },
    { id: "open-settings", "aria-controls": "panel" },
  );
  const headset = button(
    t("bar.headset"),
    () => openHeadset(),
    { icon: "headset", kind: "hud-opt" },
    { id: "open-headset" },
  );
  const stand = button(t("bar.stand"), () => actions.stand(), { icon: "table", kind: "stand" }, { id: "stand" });
  cleanup.add(state.seated.watch((seated) => (stand.hidden = !seated)));
  const openHeadset = (): void => {
    if (state.headset.value === "available") void actions.enterHeadset().catch(() => model.toggle("headset"));
    else model.toggle("headset");
  };
  cleanup.add(model.panel.watch((panel) => settings.setAttribute("aria-expanded", String(panel === "settings"))));
  const element = el(
    "header",
    { class: "hud-top", "data-region": "bar" },
    el("div", { class: "hud place" }, leave, el("div", {}, title, count)),
    el(
      "div",
      { class: "hud hud-set" },
      stand,
      el("div", { class: "lang", role: "group", "aria-label": t("bar.language") }, ...languages),
      settings,
      headset,
    ),
  );
  return { element, dispose: () => cleanup.dispose() };
}
