/** The house's furniture, with pictures. */
import { asTrouble, troubleWords, wordsFace, type Context, type Part } from "../../ui/context";
import { button, el } from "../../ui/dom";
import type { LibraryItem } from "../../world/placed/library";

export function libraryTab(context: Context): Part {
  const { actions, model, words } = context;
  const { t } = words;
  const element = el("div", {}, el("p", { class: "muted" }, t("arrange.library.coming")));
  let gone = false;
  const take = ({ name, url, sha256 }: LibraryItem): void => {
    actions.arrange.take({ label: words.own(name), entity: { model: { url, sha256 } } });
    // Where it goes must be seen.
    model.panel.value = null;
    document.querySelector<HTMLElement>(".hall-canvas")?.focus({ preventScroll: true });
  };
  const read = (): void =>
    void actions.arrange.library().then(
      (items) => {
        if (gone) return;
        if (items.length === 0) return element.replaceChildren(el("p", { class: "muted" }, t("arrange.library.none")));
        element.replaceChildren(
          el("p", { class: "small muted" }, t("arrange.library.hint")),
          el(
            "ul",
            { class: "arrange__grid" },
            ...items.map((item) => {
              const made = button(words.own(item.name), () => take(item), { kind: "arrange__item" });
              if (item.thumbnail)
                made.prepend(el("img", { src: item.thumbnail, alt: "", width: 96, height: 96, loading: "lazy" }));
              return el("li", {}, made);
            }),
          ),
        );
      },
      (error: unknown) => {
        if (gone) return;
        element.replaceChildren(
          el("p", { class: "error" }, troubleWords(wordsFace(words), asTrouble(error))),
          button(t("arrange.again"), read, { kind: "btn--small" }),
        );
      },
    );
  read();
  return { element, dispose: () => (gone = true) };
}
