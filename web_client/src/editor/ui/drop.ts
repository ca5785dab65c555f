/** A file that is dropped on the picture hangs where it was dropped. */
import { Cleanup } from "../../hall/signal";
import type { Context, Part } from "../../ui/context";
import { el } from "../../ui/dom";
import { icon } from "../../ui/icons";

export function dropZone({ state, actions, words }: Context): Part {
  const cleanup = new Cleanup();
  const element = el(
    "div",
    { class: "arrange-drop", hidden: true },
    icon("image"),
    el("p", {}, words.t("arrange.drop")),
  );
  const bringsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  cleanup.listen(window, "dragover", (event: DragEvent) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    const { place } = state.arrange.rights.value;
    event.dataTransfer!.dropEffect = place ? "copy" : "none";
    element.hidden = !place;
  });
  cleanup.listen(window, "dragleave", (event: DragEvent) => {
    if (event.relatedTarget === null) element.hidden = true;
  });
  cleanup.listen(window, "drop", (event: DragEvent) => {
    element.hidden = true;
    if (!bringsFiles(event)) return;
    // Whoever may not place anything is told so, instead of being taken to the file.
    event.preventDefault();
    actions.arrange.open(true);
    if (!state.arrange.rights.value.place) return;
    actions.arrange.upload([...event.dataTransfer!.files], event.clientX, event.clientY);
  });
  return { element, dispose: () => cleanup.dispose() };
}
