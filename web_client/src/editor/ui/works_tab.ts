/** One's own works, and the door for bringing new ones. */
import { asTrouble, type Context, type Part } from "../../ui/context";
import { button, el } from "../../ui/dom";
import { Cleanup } from "../../hall/signal";
import { sourceOf } from "../uploads";
import { whyOf } from "./bar";
import type { Work } from "../../world/placed/works";

const ACCEPT =
  ".glb,.jpg,.jpeg,.png,.webp,.gif,.pdf,.epub,.mp3,.ogg,.opus,.wav,.m4a,.flac,image/*,audio/*,model/gltf-binary";

export function worksTab(context: Context): Part {
  const { state, actions, model, words } = context;
  const { t } = words;
  const cleanup = new Cleanup();
  let gone = false;
  cleanup.add(() => (gone = true));
  const input = el("input", {
    type: "file",
    id: "arrange-file",
    class: "vh",
    multiple: true,
    accept: ACCEPT,
    onchange: () => {
      actions.arrange.upload([...(input.files ?? [])]);
      input.value = "";
    },
  });
  const list = el("div", {}, el("p", { class: "muted" }, t("arrange.works.coming")));
  const element = el(
    "div",
    { class: "arrange__works" },
    el("label", { class: "btn btn--main", for: "arrange-file" }, t("arrange.works.bring")),
    input,
    el("p", { class: "small muted" }, t("arrange.works.hint")),
    list,
  );
  const take = (work: Work): void => {
    actions.arrange.take(sourceOf(work));
    model.panel.value = null;
    document.querySelector<HTMLElement>(".hall-canvas")?.focus({ preventScroll: true });
  };
  const row = (work: Work): HTMLElement => {
    const ready = work.state === "accepted";
    const made = button(work.name, () => take(work), { kind: "arrange__item" }, { disabled: !ready });
    if (work.thumbnail)
      made.prepend(el("img", { src: work.thumbnail, alt: "", width: 96, height: 96, loading: "lazy" }));
    const note = ready ? null : el("small", {}, t(`arrange.work.${work.state === "refused" ? "refused" : "checking"}`));
    return el("li", {}, made, note);
  };
  const read = (): void =>
    void actions.arrange.works().then(
      (works) => {
        if (gone) return;
        list.replaceChildren(
          works.length === 0
            ? el("p", { class: "muted" }, t("arrange.works.none"))
            : el("ul", { class: "arrange__grid" }, ...works.map(row)),
        );
      },
      (error: unknown) => {
        if (gone) return;
        list.replaceChildren(
          el("p", { class: "error" }, whyOf(words, asTrouble(error))),
          button(t("arrange.again"), read, { kind: "btn--small" }),
        );
      },
    );
  let under_way = -1;
  cleanup.add(
    state.arrange.uploads.watch((all) => {
      if (all.length === under_way) return;
      under_way = all.length;
      read();
    }),
  );
  return { element, dispose: () => cleanup.dispose() };
}
