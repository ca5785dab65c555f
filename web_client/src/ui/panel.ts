/** The one open panel: its frame, where the focus goes when it opens and closes. */
import { focusables, rememberFocus, underThumb } from "../a11y/focus";
import { Cleanup } from "../hall/signal";
import { PANELS, type Context, type PanelName, type Part } from "./context";
import { button, el } from "./dom";

/** What stands in a panel. */
export interface Content extends Part {
  title: string;
  /** What takes the focus when the panel opens; the first thing that can otherwise. */
  first?: HTMLElement | null;
}
export type Contents = Readonly<Record<PanelName, (context: Context) => Content>>;

/** Panels on the left stand beside the map; the others on the right. */
const LEFT: ReadonlySet<PanelName> = new Set(["goto", "help"]);

export class PanelHost {
  readonly element = el("div", { class: "panels" });
  readonly #cleanup = new Cleanup();
  #open: Content | null = null;
  #giveBack: (() => void) | null = null;

  constructor(context: Context, contents: Contents) {
    const { model, root } = context;
    let quiet = model.panel.value !== null;
    this.#cleanup.add(
      model.panel.watch((name) => {
        this.#close(name === null);
        // A stray name (from a later version's memory, say) opens nothing.
        if (name && PANELS.includes(name)) this.#show(context, name, contents[name](context), quiet);
        quiet = false;
      }),
    );
    this.#cleanup.listen(this.element, "keydown", (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.shiftKey || event.defaultPrevented) return;
      event.stopPropagation();
      model.panel.value = null;
    });
    this.#cleanup.add(() => this.#close(false));
    void root;
  }

  dispose(): void {
    this.#cleanup.dispose();
  }

  #show(context: Context, name: PanelName, content: Content, quiet: boolean): void {
    const { t } = context.words;
    this.#open = content;
    this.#giveBack ??= rememberFocus(() =>
      context.root.querySelector<HTMLElement>(
        `[aria-controls="panel"][aria-expanded="true"], #dock-${name}, #dock-chat`,
      ),
    );
    const close = button(
      t("panel.close", { panel: content.title }),
      () => (context.model.panel.value = null),
      { icon: "close", wordless: true, kind: "btn--plain btn--small" },
      { id: "panel-close" },
    );
    const sheet = el(
      "section",
      {
        id: "panel",
        class: `sheet sheet--panel sheet--${name}${LEFT.has(name) ? " sheet--left" : ""}`,
        "aria-labelledby": "panel-title",
        tabindex: -1,
        "data-region": "panel",
      },
      el("div", { class: "sheet__head" }, el("h2", { id: "panel-title" }, content.title), close),
      content.element,
    );
    this.element.replaceChildren(sheet);
    if (!quiet) startOf(sheet, content.first ?? focusables(content.element)[0] ?? close).focus();
  }

  #close(giveBack: boolean): void {
    if (!this.#open) return;
    this.#open.dispose();
    this.#open = null;
    this.element.replaceChildren();
    if (!giveBack) return;
    this.#giveBack?.();
    this.#giveBack = null;
  }
}

/** Under a thumb a focused field would raise the keyboard over half the panel: there the panel itself takes the focus. */
function startOf(sheet: HTMLElement, first: HTMLElement): HTMLElement {
  const writes = first instanceof HTMLInputElement && ["text", "search"].includes(first.type);
  return writes && underThumb() ? sheet : first;
}
