/** The wardrobe: which bodies there are and which colours each may have (`looks.json` of the shipped avatars). */
import type { Look } from "../net/protocol.gen";

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
}

const COLOUR = /^#[0-9a-f]{6}$/i;
const MOST = 64;

/** Reads the file's value; throws when it is not a wardrobe. Bodies of the house itself (the guide) are not for choosing. */
export function readWardrobe(value: unknown): Wardrobe {
  const { looks, palettes } = value as { looks: (Body & { kind: string })[]; palettes: Record<string, Swatch[]> };
  const bodies = looks.filter(({ kind }) => kind === "reader").slice(0, MOST);
  if (bodies.length === 0) throw new Error("the wardrobe is empty");
  const clean = Object.entries(palettes).map(
    ([slot, swatches]) => [slot, swatches.filter(({ colour }) => COLOUR.test(colour)).slice(0, MOST)] as const,
  );
  return { bodies, palettes: Object.fromEntries(clean) };
}

export async function fetchWardrobe(url = "/gltf/avatars/looks.json"): Promise<Wardrobe> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return readWardrobe(await answer.json());
}

/** The colour that a look shows at a slot. */
export function colourAt(body: Body, look: Look, slot: string): string {
  const chosen = look.colours?.[slot] ?? "";
  return COLOUR.test(chosen) ? chosen : (body.colours[slot] ?? "#777777");
}
