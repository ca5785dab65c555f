/** The strip of deeds while somebody arranges: what is going on, what can be done with it, and the way out. */
import { underThumb } from "../../a11y/focus";
import { Cleanup } from "../../hall/signal";
import { attempt, troubleWords, wordsFace, type Context, type Part } from "../../ui/context";
import { button, el } from "../../ui/dom";
import type { Trouble } from "../../hall/state";
import type { Words } from "../../i18n/words";
import type { IconName } from "../../ui/icons";
import type { Upload } from "../contract";
import type { ArrangeTab } from "./tabs";

export function arrangeBar(context: Context): Part {
  const { state, actions, model, words, announcer } = context;
  const { arrange } = state;
  const deeds = actions.arrange;
  const { t } = words;
  const cleanup = new Cleanup();
  const thumb = underThumb();
  const hint = el("p", { class: "arrange__hint" });
  const uploads = el("ul", { class: "arrange__uploads" });
  const own = el("div", { class: "arrange__deeds" });
  const always = el("div", { class: "arrange__deeds" });
  const element = el(
    "section",
    { class: "hud arrange", "aria-label": t("arrange.label"), "data-region": "arrange" },
    hint,
    uploads,
    el("div", { class: "arrange__row" }, own, always),
  );
  const open = (tab: ArrangeTab): void => {
    model.arrangeTab.value = tab;
    model.panel.value = "arrange";
  };
  const deed = (key: string, icon: IconName, act: () => void): HTMLButtonElement =>
    button(t(key), act, { kind: "btn--small", icon }, { "data-deed": key.split(".").at(-1)! });
  const ask = (doing: Promise<void>): void => void attempt(context, doing);
  const free = deed("arrange.grid", "grid", () => (arrange.free.value = !arrange.free.value));
  always.append(
    deed("arrange.add", "plus", () => open("add")),
    deed("arrange.here", "table", () => open("here")),
    deed("arrange.undo", "undo", () => ask(deeds.undo())),
    deed("arrange.redo", "redo", () => ask(deeds.redo())),
    free,
    deed("arrange.done", "check", () => {
      deeds.open(false);
      if (model.panel.value === "arrange") model.panel.value = null;
    }),
  );
  cleanup.add(arrange.free.watch((on) => free.setAttribute("aria-pressed", String(!on))));

  let laid = "";
  const show = (): void => {
    const { placing, chosen, past, rights, placed } = arrange;
    element.hidden = !arrange.on.value;
    let said = "";
    const deedsOf: HTMLButtonElement[] = [];
    if (past.value) {
      const { op_sequence } = past.value;
      said = t("arrange.past", { time: words.time(new Date(past.value.at_unix_ms)), name: past.value.name });
      deedsOf.push(deed("arrange.now", "close", () => ask(deeds.view(null))));
      if (rights.value.restore) deedsOf.push(deed("arrange.restore", "clock", () => ask(deeds.restore(op_sequence))));
    } else if (placing.value) {
      said = t(thumb ? "arrange.hint.placing.thumb" : "arrange.hint.placing", { name: placing.value });
      deedsOf.push(
        deed("arrange.put", "check", () => ask(deeds.putDown())),
        deed("arrange.turn", "turn", () => deeds.step({ do: "turn", sign: 1 })),
        deed("arrange.cancel", "close", () => void deeds.cancel()),
      );
    } else if (chosen.value) {
      const { label, holder, mayChange } = chosen.value;
      said = holder
        ? t("arrange.hint.held", { name: holder, thing: label })
        : t(mayChange ? (thumb ? "arrange.hint.chosen.thumb" : "arrange.hint.chosen") : "arrange.hint.theirs", {
            name: label,
          });
      if (rights.value.place) deedsOf.push(deed("arrange.copy", "copy", () => ask(deeds.duplicate())));
      if (mayChange)
        deedsOf.push(
          deed("arrange.caption", "text", () => open("thing")),
          deed("arrange.delete", "trash", () => ask(deeds.remove())),
        );
    } else if (placed.value.count === 0) said = t("arrange.hint.empty");
    else said = t("arrange.hint", { count: placed.value.count, limit: placed.value.limit });
    if (hint.textContent !== said) hint.textContent = said;
    // The same buttons stay: one that is replaced under a finger never hears of its tap.
    const names = JSON.stringify([past.value?.op_sequence, deedsOf.map((one) => one.dataset["deed"])]);
    if (names === laid) return;
    laid = names;
    // Somebody who has just pressed one of these keeps their place.
    const focused = own.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["deed"] : "";
    own.replaceChildren(...deedsOf);
    own.hidden = deedsOf.length === 0;
    if (focused)
      (own.querySelector<HTMLElement>(`[data-deed="${focused}"]`) ?? always.querySelector("button"))?.focus();
  };
  let shown = "";
  const refresh = (): void => {
    const { placing, chosen, past, rights, placed, on } = arrange;
    const { label, holder, mayChange } = chosen.value ?? {};
    const key = JSON.stringify([
      on.value,
      placing.value,
      label,
      holder,
      mayChange,
      past.value,
      rights.value,
      placed.value,
    ]);
    if (key === shown) return;
    shown = key;
    show();
  };
  for (const signal of [arrange.on, arrange.placing, arrange.chosen, arrange.past, arrange.rights, arrange.placed])
    cleanup.add((signal as { watch(listener: () => void): () => void }).watch(refresh));

  const line = ({ id, name, stage, share, trouble }: Upload): HTMLElement =>
    el(
      "li",
      {},
      el("span", { dir: "auto" }, name),
      stage === "failed"
        ? el("b", { class: "arrange__why" }, trouble ? whyOf(words, trouble) : t("trouble.unknown"))
        : el("span", {}, t(`arrange.upload.${stage}`, { percent: Math.round(share * 100) })),
      stage === "sending" ? el("progress", { max: 1, value: share, "aria-label": name }) : null,
      button(t("arrange.upload.drop", { name }), () => deeds.dropUpload(id), {
        icon: "close",
        wordless: true,
        kind: "btn--small",
      }),
    );
  cleanup.add(
    arrange.uploads.watch((all) => {
      uploads.replaceChildren(...all.map(line));
      uploads.hidden = all.length === 0;
    }),
  );
  let heard = arrange.told.value?.number ?? 0;
  cleanup.add(
    arrange.told.watch((told) => {
      if (!told || told.number <= heard) return;
      heard = told.number;
      const bad = "trouble" in told;
      const sentence = bad ? troubleWords(wordsFace(words), told.trouble) : t(told.key, told.params);
      if (bad || told.loud) {
        model.toast(sentence, true);
        announcer.alert(sentence);
      } else announcer.say(sentence);
    }),
  );
  return { element, dispose: () => cleanup.dispose() };
}

/** The library's own sentence on a file, where the page has none for its code. */
export function whyOf(words: Words, trouble: Trouble): string {
  // Here it is no session that has ended: a guest has come as far as guests come.
  if (trouble.code === "not_signed_in") return words.t("arrange.works.sign_in");
  const known = ["trouble", "error"].some((part) => words.has(`${part}.${trouble.code}`));
  return known || !trouble.detail ? troubleWords(wordsFace(words), trouble) : trouble.detail;
}
