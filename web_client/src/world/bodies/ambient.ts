/** The hall's light where a person stands: colours from above and below, asked of a probe that the hall gives. */
import { Color, Vector3 } from "three";

export interface Ambient {
  readonly above: Color;
  readonly below: Color;
  /** Where the brightest light comes from (unit vector) and its colour. */
  readonly towards: Vector3;
  readonly key: Color;
}

/** Fills `out` with the light at `position` (room metres). */
export type AmbientProbe = (position: Vector3, out: Ambient) => void;

export function makeAmbient(): Ambient {
  return { above: new Color(), below: new Color(), towards: new Vector3(), key: new Color() };
}

/** Until a hall has probes: lamplight from above, floor and books from below, a tall window to one side. */
export const warmAmbient: AmbientProbe = (_position, out) => {
  out.above.setRGB(0.5, 0.43, 0.37);
  out.below.setRGB(0.27, 0.18, 0.12);
  out.towards.set(0.6, 0.65, 0.47).normalize();
  out.key.setRGB(1.45, 1.2, 0.92);
};
