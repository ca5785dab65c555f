/** Looks put together from parts: their ids, and what they are made of. A part is a file of its own on the figure's skeleton. */
import type { Colours } from "./palette";

export interface PartFile {
  readonly file: string;
  readonly sha256: string;
  readonly size_bytes: number;
}

export interface Part {
  readonly near: PartFile;
  readonly far?: PartFile;
  /** What it comes in until somebody chooses. */
  readonly colours?: Colours;
}

export interface Figure {
  /** Also the id of the shipped look that stands for it far away. */
  readonly id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly height_m: number;
  readonly colours: Colours;
  readonly tints: readonly string[];
  readonly base: Part;
  readonly parts: Readonly<Record<string, Readonly<Record<string, Part>>>>;
}

export interface Wardrobe {
  readonly kinds: Readonly<Record<string, readonly { id: string; names: Readonly<Record<string, string>> }[]>>;
  readonly figures: readonly Figure[];
}

/** Kinds of parts in the order of an id: `w-<figure>-<hair>-<outfit>-<headwear>-<glasses>-<chair>`. */
export const KINDS = ["hair", "outfit", "headwear", "glasses", "chair"] as const;
export type Kind = (typeof KINDS)[number];
export const NONE = "none";
const MARK = "w-";

export type Outfit = { readonly figure: string } & Readonly<Record<Kind, string>>;

export interface Composed {
  readonly figure: Figure;
  readonly parts: readonly Part[];
  readonly colours: Colours;
  readonly tints: readonly string[];
  readonly wheelchair: boolean;
}

export function outfitId(outfit: Outfit): string {
  return MARK + [outfit.figure, ...KINDS.map((kind) => outfit[kind])].join("-");
}

/** What an id asks for, or null when it is no id of this kind. */
export function readOutfit(id: string): Outfit | null {
  const names = id.startsWith(MARK) ? id.slice(MARK.length).split("-") : [];
  if (names.length !== KINDS.length + 1) return null;
  const [figure, hair, outfit, headwear, glasses, chair] = names as [string, string, string, string, string, string];
  return { figure, hair, outfit, headwear, glasses, chair };
}

/** The parts of an id, or null where the wardrobe does not have them. What covers the head takes the hair's place. */
export function compose(wardrobe: Wardrobe | undefined, id: string): Composed | null {
  const wanted = readOutfit(id);
  const figure = wanted && wardrobe?.figures.find((one) => one.id === wanted.figure);
  if (!wanted || !figure) return null;
  const parts: Part[] = [figure.base];
  for (const kind of KINDS) {
    const choice = wanted[kind];
    if (choice === NONE) {
      if (kind === "outfit") return null;
      continue;
    }
    const of = figure.parts[kind];
    const part = of && Object.hasOwn(of, choice) ? of[choice] : undefined;
    if (!part) return null;
    if (kind !== "hair" || wanted.headwear === NONE) parts.push(part);
  }
  return {
    figure,
    parts,
    colours: Object.assign({}, figure.colours, ...parts.map(({ colours }) => colours ?? {})) as Colours,
    tints: figure.tints.filter((slot) => slot !== "headwear" || wanted.headwear !== NONE),
    wheelchair: wanted.chair !== NONE,
  };
}
