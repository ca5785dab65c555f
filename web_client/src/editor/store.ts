/** The state of arranging at its beginning: nobody may do anything yet. */
import { Signal } from "../hall/signal";
import type { ArrangeState } from "./contract";

export function makeArrangeState(): ArrangeState {
  return {
    rights: new Signal<ArrangeState["rights"]["value"]>({ place: false, change: "none", restore: false }),
    on: new Signal(false),
    placing: new Signal<string | null>(null),
    chosen: new Signal<ArrangeState["chosen"]["value"]>(null),
    free: new Signal(false),
    version: new Signal(0),
    placed: new Signal({ count: 0, limit: 0 }),
    uploads: new Signal<ArrangeState["uploads"]["value"]>([]),
    past: new Signal<ArrangeState["past"]["value"]>(null),
    told: new Signal<ArrangeState["told"]["value"]>(null),
    tags: new Signal<ArrangeState["tags"]["value"]>([]),
    onScreen: new Signal<ArrangeState["onScreen"]["value"]>(null),
  };
}
