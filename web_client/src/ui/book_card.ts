/** The card of a book somebody took from a shelf: what it is, and where it stands in the catalogue. */
import { rememberFocus } from "../a11y/focus";
import { Cleanup } from "../hall/signal";
import type { ChosenBook } from "../world/books/reading";
import type { Context, Part } from "./context";
import { button, el } from "./dom";

const FACTS = [
  ["creator", "book.creator"],
  ["year", "book.year"],
  ["callNumber", "book.call_number"],
] as const satisfies readonly (readonly [keyof ChosenBook, string])[];

export function bookCard({ state, model, root, words, announcer }: Context): Part {
  const { t } = words;
  const cleanup = new Cleanup();
  const element = el("div", { class: "book" });
  let giveBack: (() => void) | null = null;
  const close = (): void => {
    state.book.value = null;
  };
  const show = (book: ChosenBook | null): void => {
    if (!book) {
      element.replaceChildren();
      giveBack?.();
      giveBack = null;
      return;
    }
    giveBack ??= rememberFocus(() => root.querySelector<HTMLElement>("canvas"));
    // One sheet at a time.
    model.panel.value = null;
    const title = book.title || t("book.untitled");
    const rows = FACTS.filter(([field]) => book[field]).flatMap(([field, key]) => [
      el("dt", {}, t(key)),
      el("dd", { dir: "auto" }, String(book[field])),
    ]);
    if (book.volume) rows.push(el("dt", {}, t("book.volume")), el("dd", {}, words.number(book.volume)));
    const shut = button(
      t("panel.close", { panel: t("book.card") }),
      close,
      { icon: "close", wordless: true, kind: "btn--plain btn--small" },
      { id: "book-close" },
    );
    element.replaceChildren(
      el(
        "section",
        {
          class: "sheet sheet--panel sheet--book",
          role: "dialog",
          "aria-labelledby": "book-title",
          "data-region": "panel",
        },
        el("div", { class: "sheet__head" }, el("h2", { id: "book-title", dir: "auto" }, title), shut),
        el("dl", { class: "sheet__body sheet__scroll book__facts" }, ...rows),
      ),
    );
    shut.focus();
    announcer.say(t("book.taken", { title }));
  };
  cleanup.add(state.book.watch(show));
  cleanup.add(model.panel.watch((panel) => panel && close()));
  cleanup.listen(element, "keydown", (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.shiftKey) return;
    event.stopPropagation();
    close();
  });
  return { element, dispose: () => cleanup.dispose() };
}
