/** The hall as a list: everything that can be acted on, nearest first, as real buttons. Out of sight until the keyboard reaches it. */
import { Cleanup } from "../hall/signal";
import type { Actionable, HallState } from "../hall/state";
import { el } from "../ui/dom";
import type { Words } from "../i18n/words";

const MOST = 60;
/** Of things with the same name only the nearest are listed: forty seats are no choice. */
const MOST_ALIKE = 8;
const MOVED_METRES = 1.5;

export class NearList {
  readonly element: HTMLElement;
  readonly #list = el("ul", { class: "near__list" });
  readonly #cleanup = new Cleanup();
  readonly #state: HallState;
  readonly #words: Words;
  readonly #buttons = new Map<string, { row: HTMLElement; button: HTMLButtonElement; act: () => void }>();
  #sortedAt: { x: number; z: number } | null = null;

  constructor(state: HallState, words: Words) {
    this.#state = state;
    this.#words = words;
    this.element = el(
      "section",
      { class: "near", "aria-labelledby": "near-title", "data-region": "near" },
      el("h2", { id: "near-title" }, words.t("near.title")),
      el("p", {}, words.t("near.hint")),
      this.#list,
    );
    this.#cleanup.add(state.actionables.watch(() => this.#refresh()));
    this.#cleanup.add(
      state.where.watch((where) => {
        if (this.#sortedAt && Math.hypot(where.x - this.#sortedAt.x, where.z - this.#sortedAt.z) < MOVED_METRES) return;
        this.#refresh();
      }),
    );
    this.#cleanup.listen(this.element, "focusout", (event: FocusEvent) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.#refresh();
    });
  }

  dispose(): void {
    this.#cleanup.dispose();
  }

  /** While somebody reads in the list, rows keep their places; rows of things that are gone still go. */
  #refresh(): void {
    const inside = this.element.contains(document.activeElement);
    const { x, z } = this.#state.where.value;
    const distances = new Map(this.#state.actionables.value.map((thing) => [thing, thing.distance()]));
    const alike = new Map<string, number>();
    const nearest = [...distances.keys()]
      .sort((a, b) => distances.get(a)! - distances.get(b)!)
      .filter((thing) => {
        const known = (alike.get(thing.label()) ?? 0) + 1;
        alike.set(thing.label(), known);
        return known <= MOST_ALIKE;
      })
      .slice(0, MOST);
    const wanted = new Set(nearest.map((thing) => thing.id));
    for (const [id, { row }] of this.#buttons)
      if (!wanted.has(id)) {
        row.remove();
        this.#buttons.delete(id);
      }
    for (const thing of nearest) this.#row(thing, distances.get(thing)!);
    if (!inside) {
      this.#list.append(...nearest.map((thing) => this.#buttons.get(thing.id)!.row));
      this.#sortedAt = { x, z };
    }
    this.element.hidden = nearest.length === 0;
  }

  #row(thing: Actionable, metres: number): void {
    let known = this.#buttons.get(thing.id);
    if (!known) {
      const button = el("button", { class: "btn btn--small", type: "button" });
      const made = { row: el("li", {}, button), button, act: thing.act };
      button.addEventListener("click", () => made.act());
      button.addEventListener("focus", () => (this.#state.focused.value = this.#find(thing.id)));
      button.addEventListener("blur", () => (this.#state.focused.value = null));
      this.#list.append(made.row);
      this.#buttons.set(thing.id, made);
      known = made;
    }
    known.act = thing.act;
    const label = thing.label();
    const words = Number.isFinite(metres)
      ? this.#words.t("near.distance", { label, metres: Math.round(metres) })
      : label;
    if (known.button.textContent !== words) known.button.textContent = words;
  }

  #find(id: string): Actionable | null {
    return this.#state.actionables.value.find((thing) => thing.id === id) ?? null;
  }
}
