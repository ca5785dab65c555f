/** The headset's session: a stub of the door until the session stands. */
import type { HallActions, HallState } from "../hall/state";
import type { Visit } from "../hall/visit";
import type { World } from "../world/world";

export class Headset {
  constructor(
    readonly world: World,
    readonly state: HallState,
    readonly actions: () => HallActions,
    readonly visit: Visit,
  ) {}

  async enter(): Promise<void> {}
}
