/**
 * The arch-shaped mirror of the entrance. The real body is drawn into it (`mirror_stage.ts`); until it is here, and where nothing can
 * be drawn, a likeness in the look's colours stands in its place and the words below say so.
 */
import { el } from "./dom";
import { colourAt, type Body } from "./looks";
import type { Look } from "../net/protocol.gen";
import type { MirrorStage } from "./mirror_stage";

const SVG = "http://www.w3.org/2000/svg";

/** Path, slot that colours it, and a shade by which the colour is darkened (0 to 1). Drawn on a 120 × 150 field. */
const LIKENESS: readonly (readonly [string, string, number])[] = [
  ["M31 62c-5-34 9-49 29-49s34 15 29 49l-3 12H34Z", "hair", 0.12],
  ["M10 150c0-38 19-53 50-53s50 15 50 53Z", "top", 0],
  ["M10 150c0-26 9-41 25-48 3 14 8 30 14 48Z", "top", 0.16],
  ["M43 99l17 51 17-51-9-4H52Z", "under", 0],
  ["M43 99l10 6 7 9 7-9 10-6-8-5H51Z", "under", 0.1],
  ["M50 76h20v21c-5 8-15 8-20 0Z", "skin", 0.16],
  ["M36 52c0-22 10-32 24-32s24 10 24 32-11 36-24 36-24-14-24-36Z", "skin", 0],
  ["M35 54c-3-27 7-38 26-38 18 0 27 11 24 38-2-10-5-16-10-21-9 4-22 4-30 1-5 5-8 11-10 20Z", "hair", 0],
  ["M52 74c4 3.400 12 3.400 16 0-3 5.500-13 5.500-16 0Z", "lip", 0],
  [
    "M43.500 48c3-2.400 7-2.400 9.500-.4l-.2 1.900c-3-1.400-6-1.300-8.800.3ZM76.500 48c-3-2.400-7-2.400-9.500-.4l.2 1.900c3-1.400 6-1.300 8.800.3Z",
    "brow",
    0,
  ],
  ["M45.500 55.500a3 3.200 0 1 0 6 0 3 3.200 0 1 0-6 0ZM68.500 55.500a3 3.200 0 1 0 6 0 3 3.200 0 1 0-6 0Z", "dark", 0],
];
const SCARF: readonly (readonly [string, string, number])[] = [
  [
    "M24 118c-4-40-4-108 36-108s40 68 36 108c-10 10-62 10-72 0ZM39 54c0 20 10 34 21 34s21-14 21-34c0-17-8-27-21-27s-21 10-21 27Z",
    "headwear",
    0,
  ],
];

export class Mirror {
  readonly element: HTMLElement;
  readonly #picture = document.createElementNS(SVG, "svg");
  readonly #glass: HTMLElement;
  readonly #caption = el("p", { class: "small" });
  readonly #words: { true_: string; drawn: string };
  #stage: Promise<MirrorStage | null>;
  readonly #moves: boolean;
  #ends = false;

  /** `reflects` false where no picture is wanted or possible: then it stays with the drawing. `moves` false: it stands still. */
  constructor(words: { true_: string; drawn: string }, reflects: boolean, moves = true) {
    this.#moves = moves;
    this.#words = words;
    this.#picture.setAttribute("viewBox", "0 0 120 150");
    this.#picture.setAttribute("role", "img");
    this.#glass = el("div", { class: "enter__glass" }, this.#picture);
    this.#caption.textContent = words.drawn;
    this.element = el("div", { class: "enter__mirror" }, this.#glass, this.#caption);
    const possible = reflects && typeof WebGL2RenderingContext !== "undefined";
    this.#stage = possible ? this.#silver() : Promise.resolve(null);
  }

  show(body: Body, look: Look, label: string): void {
    this.#picture.setAttribute("aria-label", label);
    const scarf = body.tints.includes("headwear");
    const shapes = [...LIKENESS, ...(scarf ? SCARF : [])];
    this.#picture.replaceChildren(
      ...shapes.map(([path, slot, shade]) => {
        const shape = document.createElementNS(SVG, "path");
        shape.setAttribute("d", path);
        shape.setAttribute("fill", darker(colourAt(body, look, slot), shade));
        shape.setAttribute("fill-rule", "evenodd");
        return shape;
      }),
    );
    void this.#reflect(look);
  }

  /** Turns who is seen, where they are seen. */
  turn(by_rad: number): void {
    void this.#stage.then((stage) => stage?.turn(by_rad));
  }

  dispose(): void {
    this.#ends = true;
    void this.#stage.then((stage) => stage?.dispose());
  }

  async #silver(): Promise<MirrorStage | null> {
    try {
      const { MirrorStage } = await import("./mirror_stage");
      return this.#ends ? null : await MirrorStage.open();
    } catch {
      // No graphics, or the bodies did not come: the drawing stands.
      return null;
    }
  }

  async #reflect(look: Look): Promise<void> {
    const stage = await this.#stage;
    if (!stage || this.#ends) return;
    const { clientWidth, clientHeight } = this.#glass;
    const drawn = await stage.show(look, clientWidth, clientHeight).catch(() => null);
    if (this.#ends || drawn === false) return;
    stage.moves = drawn === true && this.#moves;
    if (drawn) this.#glass.append(stage.canvas);
    else stage.canvas.remove();
    this.#glass.classList.toggle("is-true", drawn === true);
    this.#caption.textContent = drawn ? this.#words.true_ : this.#words.drawn;
  }
}

/** `#rrggbb` mixed with black by `shade`. */
function darker(colour: string, shade: number): string {
  const channels = [1, 3, 5].map((at) => Math.round(parseInt(colour.slice(at, at + 2), 16) * (1 - shade)));
  return `rgb(${channels.join(" ")})`;
}
