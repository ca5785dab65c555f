/** The hall's state at its beginning. */
import type { Comfort, HallState, Settings } from "./state";
import { makeArrangeState } from "../editor/store";
import { Signal } from "./signal";

export function makeState(language: string): HallState {
  return {
    phase: new Signal<HallState["phase"]["value"]>("choosing"),
    load: new Signal<HallState["load"]["value"]>(null),
    trouble: new Signal<HallState["trouble"]["value"]>(null),
    roomTitle: new Signal<Record<string, string>>({}),
    self: new Signal<HallState["self"]["value"]>(null),
    people: new Signal<HallState["people"]["value"]>([]),
    chat: new Signal<HallState["chat"]["value"]>([]),
    notices: new Signal<HallState["notices"]["value"]>([]),
    places: new Signal<HallState["places"]["value"]>([]),
    permissions: new Signal<readonly string[]>([]),
    pacing: new Signal<HallState["pacing"]["value"]>(null),
    settings: new Signal(defaultSettings(language)),
    headset: new Signal<HallState["headset"]["value"]>("none"),
    seated: new Signal(false),
    where: new Signal({ x: 0, z: 0, heading: 0 }),
    whereabouts: new Signal<HallState["whereabouts"]["value"]>(new Map()),
    actionables: new Signal<HallState["actionables"]["value"]>([]),
    focused: new Signal<HallState["focused"]["value"]>(null),
    book: new Signal<HallState["book"]["value"]>(null),
    arrange: makeArrangeState(),
    plan: new Signal<HallState["plan"]["value"]>(null),
  };
}

function defaultSettings(language: string): Settings {
  const comfort: Comfort = {
    locomotion: "teleport",
    turn: "snap",
    turnDegrees: 30,
    vignette: true,
    seated: false,
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    bubbleMetres: 0.5,
    leftHanded: false,
  };
  return { language, quality: "auto", contrast: "auto", theme: "auto", ownAvatars: true, comfort, keys: {} };
}
