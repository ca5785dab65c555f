/** The entrance: name, body, colours, language, or just a look around. */
import { keepInside } from "../a11y/focus";
import { Cleanup } from "../hall/signal";
import { LANGUAGES, ownName } from "../i18n/catalog";
import { bcp47 } from "../i18n/words";
import type { Look } from "../net/protocol.gen";
import { asTrouble, change, troubleWords, wordsFace, type Context, type Part } from "./context";
import { button, check, el, field, selectOf } from "./dom";
import { recallEntry, rememberEntry } from "./entry_store";
import { LIMITS } from "./limits";
import { lookChooser } from "./look_chooser";
import { mirrorOf } from "./look_panel";

export function entrance(context: Context): Part {
  const { state, actions, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  const kept = recallEntry();
  let look: Look = kept?.look ?? {};
  let remember = kept !== null;

  const mirror = mirrorOf(context);
  cleanup.add(() => mirror.dispose());
  const name = el("input", {
    id: "enter-name",
    class: "input",
    maxlength: LIMITS.name_chars,
    autocomplete: "nickname",
    spellcheck: "false",
    value: model.entryName.value ?? kept?.name ?? "",
    oninput: () => (model.entryName.value = name.value),
  });
  const problem = el("p", { class: "error", role: "alert" });

  const chooser = lookChooser(context, {
    id: "enter",
    look,
    changed: (next, body) => {
      look = next;
      mirror.show(body, look, t("enter.mirror.label", { name: words.own(body.names) }));
    },
  });
  cleanup.add(() => chooser.dispose());

  const enter = async (wanted: string | null, wantedLook: Look): Promise<void> => {
    problem.replaceChildren();
    rememberEntry(remember ? { name: name.value.trim(), look } : null);
    try {
      await actions.enter(wanted, wantedLook);
    } catch (error) {
      problem.replaceChildren(troubleWords(wordsFace(words), asTrouble(error)));
    }
  };
  const language = selectOf(
    "enter-language",
    LANGUAGES.map((code) => ({ value: code, words: ownName(code) })),
    words.language,
    (code) => change(state, { language: code }),
  );
  for (const option of language.options) option.lang = bcp47(option.value);
  const headset = button(
    t("enter.headset"),
    () => void enter(name.value.trim() || null, look).then(() => actions.enterHeadset()),
    {
      kind: "btn--plain btn--small",
      icon: "headset",
    },
  );
  cleanup.add(state.headset.watch((kind) => (headset.hidden = kind === "none")));

  const form = el(
    "form",
    {
      class: "enter__form",
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void enter(name.value.trim() || null, look);
      },
    },
    el(
      "div",
      { class: "enter__head" },
      el("div", {}, el("h1", { id: "enter-title" }, t("enter.title")), el("p", { class: "muted" }, t("enter.lede"))),
      el(
        "div",
        { class: "enter__language" },
        el("label", { class: "vh", for: "enter-language" }, t("enter.language")),
        language,
      ),
    ),
    field(t("enter.name"), name, t("enter.name.hint")),
    el("fieldset", {}, el("legend", {}, t("enter.person")), chooser.element),
    check(t("enter.keep_name"), "enter-keep", remember, (checked) => (remember = checked)),
    problem,
    el(
      "div",
      { class: "row enter__go" },
      el("button", { type: "submit", class: "btn btn--main btn--big" }, t("enter.walk_in")),
      button(t("enter.look_around"), () => void enter(null, look), { kind: "btn--big" }),
      headset,
    ),
    el("p", { class: "small muted enter__privacy" }, t("enter.privacy")),
  );
  const dialog = el(
    "div",
    { class: "enter", role: "dialog", tabindex: -1, "aria-modal": "true", "aria-labelledby": "enter-title" },
    mirror.element,
    form,
  );
  cleanup.add(keepInside(dialog));
  return {
    element: el("div", { class: "scrim scrim--enter" }, el("div", { class: "backdrop" }), dialog),
    dispose: () => cleanup.dispose(),
  };
}
