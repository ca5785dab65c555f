/** Which bodies the others have. */
import type { HallProbes } from "./hall_light";
import { type Bodies, PlainBodies } from "./inhabitants";
import type { Stage } from "./stage";

export function makeBodies(stage: Stage, _probes: () => HallProbes | null): Bodies {
  return new PlainBodies(stage.scene);
}
