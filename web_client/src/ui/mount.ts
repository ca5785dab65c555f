/** The interface's one door: puts it over the hall's picture and takes it away again. */
import { underThumb } from "../a11y/focus";
import { Announcer } from "../a11y/live";
import { Cleanup, Signal } from "../hall/signal";
import type { HallActions, HallState, Phase, Settings } from "../hall/state";
import { chooseLanguage, loadMessages } from "../i18n/catalog";
import { Words } from "../i18n/words";
import { UiModel, type Context, type Part } from "./context";
import { el } from "./dom";
import { closed, failed } from "./end_pages";
import { entrance } from "./enter";
import { inHall } from "./in_hall";
import { loading } from "./loading";
import { plainOf } from "./plain";
import { recallSettings, rememberSettings, showSettings } from "./settings_store";
import "./styles";

type Screen = "enter" | "loading" | "hall" | "failed" | "closed";
const SCREENS: Readonly<Record<Phase, Screen>> = {
  choosing: "enter",
  loading: "loading",
  present: "hall",
  reconnecting: "hall",
  failed: "failed",
  closed: "closed",
};
const MAKERS: Readonly<Record<Screen, (context: Context) => Part>> = {
  enter: entrance,
  loading,
  hall: inHall,
  failed,
  closed,
};

/**
 * Shows the hall's interface inside `root` and keeps it true to `state`. Reads the device's settings into `state.settings` first and
 * writes them back at each change. The answer takes everything away.
 */
export function mountUi(root: HTMLElement, state: HallState, actions: HallActions): () => void {
  const cleanup = new Cleanup();
  const model = new UiModel();
  const announcer = new Announcer();
  const layer = el("div", { class: "hall-ui" });
  root.classList.add("hall");
  root.append(layer, announcer.element);
  cleanup.add(() => {
    layer.remove();
    announcer.element.remove();
    announcer.dispose();
  });
  state.settings.value = startSettings(state.settings.value);
  model.flat.value = plainOf(state.trouble.value?.code, location.search);

  const words = new Signal<Words | null>(null);
  let settings: Settings | null = null;
  cleanup.add(
    state.settings.watch((next) => {
      showSettings(next);
      if (settings) rememberSettings(next);
      settings = next;
      void speak(next.language);
    }),
  );
  let gone = false;
  cleanup.add(() => (gone = true));
  async function speak(language: string): Promise<void> {
    if (words.value?.language === language) return;
    const messages = await loadMessages(language);
    // Meanwhile somebody may have chosen another language, or left.
    if (!gone && state.settings.value.language === language) words.value = new Words(language, messages);
  }

  let shown: { screen: Screen; language: string; part: Part } | null = null;
  const show = (): void => {
    const spoken = words.value;
    if (!spoken) return;
    const screen = SCREENS[state.phase.value];
    if (shown?.screen === screen && shown.language === spoken.language) return;
    const focused = document.activeElement?.id ?? "";
    const samePage = shown?.screen === screen;
    shown?.part.dispose();
    const part = MAKERS[screen]({ root: layer, state, actions, model, words: spoken, announcer });
    layer.replaceChildren(part.element);
    layer.dataset["screen"] = screen;
    shown = { screen, language: spoken.language, part };
    document.title = [spoken.own(state.roomTitle.value), document.title.split(" · ").at(-1)]
      .filter(Boolean)
      .join(" · ");
    if (samePage && focused) document.getElementById(focused)?.focus();
    else focusStart(layer, screen);
    if (screen === "hall" && !samePage)
      announcer.say(
        spoken.t("live.present", {
          room: spoken.own(state.roomTitle.value),
          people: spoken.t("bar.people", { count: state.people.value.length }),
        }),
      );
  };
  cleanup.add(words.watch(show));
  cleanup.add(state.phase.watch(show));
  cleanup.add(() => shown?.part.dispose());
  return () => cleanup.dispose();
}

/** The device's settings; the page's language stands unless the person chose another here before. */
function startSettings(defaults: Settings): Settings {
  const kept = recallSettings(defaults);
  return { ...kept, language: chooseLanguage([kept.language, defaults.language, ...navigator.languages]) };
}

/** A new screen is a new page for the keyboard: its dialog's field, or its main button. The hall itself leaves the focus to walking. */
function focusStart(layer: HTMLElement, screen: Screen): void {
  if (screen === "hall") {
    if (document.activeElement instanceof HTMLElement && document.activeElement !== document.body)
      document.activeElement.blur();
    return;
  }
  const field = underThumb() ? ".enter" : "#enter-name";
  layer.querySelector<HTMLElement>(`${field}, .end__card .btn--main, .end__card a`)?.focus({ preventScroll: true });
}
