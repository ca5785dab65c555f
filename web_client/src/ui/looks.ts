/** The wardrobe: which bodies there are and which colours each may have (`looks.json` of the shipped avatars). */
import type { Look } from "../net/protocol.gen";
import {
  compose,
  KINDS,
  type Kind,
  NONE,
  outfitId,
  readOutfit,
  type Wardrobe as Parts,
} from "../world/bodies/wardrobe";

export interface Swatch {
  id: string;
  colour: string;
  names: Record<string, string>;
}

export interface Body {
  id: string;
  names: Record<string, string>;
  wheelchair: boolean;
  colours: Record<string, string>;
  tints: readonly string[];
}

export interface Wardrobe {
  bodies: readonly Body[];
  palettes: Readonly<Record<string, readonly Swatch[]>>;
  /** What looks can be put together from, where it is shipped. */
  parts?: Parts;
}

const COLOUR = /^#[0-9a-f]{6}$/i;
const MOST = 64;

/** Reads the file's value; throws when it is not a wardrobe. Bodies of the house itself (the guide) are not for choosing. */
export function readWardrobe(value: unknown): Wardrobe {
  const { looks, palettes, wardrobe } = value as {
    looks: (Body & { kind: string })[];
    palettes: Record<string, Swatch[]>;
    wardrobe?: Parts;
  };
  const bodies = looks.filter(({ kind }) => kind === "reader").slice(0, MOST);
  if (bodies.length === 0) throw new Error("the wardrobe is empty");
  const clean = Object.entries(palettes).map(
    ([slot, swatches]) => [slot, swatches.filter(({ colour }) => COLOUR.test(colour)).slice(0, MOST)] as const,
  );
  const parts = wardrobe && Array.isArray(wardrobe.figures) && wardrobe.figures.length > 0 ? wardrobe : undefined;
  return { bodies, palettes: Object.fromEntries(clean), ...(parts ? { parts } : {}) };
}

export async function fetchWardrobe(url = "/gltf/avatars/looks.json"): Promise<Wardrobe> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return readWardrobe(await answer.json());
}

/** The body of a look: shipped whole, or put together; null for an id that this wardrobe does not have. */
export function bodyOf(all: Wardrobe, look: Look): Body | null {
  const id = look.id ?? "";
  const whole = all.bodies.find((body) => body.id === id);
  if (whole) return whole;
  const made = compose(all.parts, id);
  if (!made) return null;
  const { figure, colours, tints, wheelchair } = made;
  return { id, names: figure.names, wheelchair, colours: { ...colours }, tints };
}

/** A look with another part. One that was whole becomes one of the figure that is most like it. */
export function withPart(all: Wardrobe, look: Look, kind: Kind | "figure", choice: string): Look {
  const before = readOutfit(look.id ?? "") ?? firstOutfit(all, look);
  if (!before) return look;
  const after = { ...before, [kind]: choice };
  return { ...look, id: outfitId(after), model: null };
}

function firstOutfit(all: Wardrobe, look: Look): ReturnType<typeof readOutfit> {
  const figures = all.parts?.figures ?? [];
  const figure = figures.find(({ id }) => id === look.id) ?? figures[0];
  if (!figure || !all.parts) return null;
  const first = (kind: Kind): string => all.parts?.kinds[kind]?.[0]?.id ?? NONE;
  const chair = all.bodies.find(({ id }) => id === look.id)?.wheelchair ? first("chair") : NONE;
  return { figure: figure.id, hair: first("hair"), outfit: first("outfit"), headwear: NONE, glasses: NONE, chair };
}

/** Somebody by chance: of the parts, where there are any. `chance` answers 0 … 1. */
export function anybody(all: Wardrobe, chance: () => number): Look {
  const one = <T>(of: readonly T[]): T | undefined => of[Math.floor(chance() * of.length)];
  const colour = (slot: string): string | undefined => one(all.palettes[slot] ?? [])?.colour;
  const colours: Record<string, string> = {};
  for (const slot of ["skin", "hair", "top"]) {
    const found = colour(slot);
    if (found) colours[slot] = found;
  }
  const { parts } = all;
  if (!parts) return { id: one(all.bodies)!.id, colours };
  const part = (kind: Kind, share: number): string => {
    const some = parts.kinds[kind] ?? [];
    return chance() < share ? (one(some)?.id ?? NONE) : NONE;
  };
  const shares: Record<Kind, number> = { hair: 1, outfit: 1, headwear: 0.2, glasses: 0.3, chair: 0 };
  const picked = Object.fromEntries(KINDS.map((kind) => [kind, part(kind, shares[kind])])) as Record<Kind, string>;
  return { id: outfitId({ figure: one(parts.figures)!.id, ...picked }), colours };
}

/** The colour that a look shows at a slot. */
export function colourAt(body: Body, look: Look, slot: string): string {
  const chosen = look.colours?.[slot] ?? "";
  return COLOUR.test(chosen) ? chosen : (body.colours[slot] ?? "#777777");
}
