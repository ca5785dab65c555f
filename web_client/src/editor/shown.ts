/** What arranging adds to the picture: edges round things, and the names of those who move them. */
import type { Thing } from "../world/placed/thing";
import type { Bench } from "./bench";
import { COLOUR, Outlines } from "./outlines";

/** Colours of other people's edges. */
const OTHERS = ["#f2a65a", "#7fc8e8", "#d98cc0", "#b7d968", "#e07a6a", "#a79be8"] as const;

export class Shown {
  readonly #bench: Bench;
  readonly #outlines: Outlines | null;

  constructor(bench: Bench) {
    this.#bench = bench;
    const { renderer, scene } = bench.world.stage;
    this.#outlines = renderer ? new Outlines(scene) : null;
  }

  /** Things that others have in the hand. */
  *#theirs(): Iterable<{ thing: Thing; participant: string }> {
    const { drags } = this.#bench.world.things;
    for (const { entity, participant } of drags.held()) {
      const thing = participant === drags.own ? undefined : this.#bench.things.all.get(entity);
      if (thing) yield { thing, participant };
    }
  }

  draw(ghost: Thing | null, chosen: Thing | null, pointed: Thing | null): void {
    const outlines = this.#outlines;
    if (!outlines) return;
    outlines.begin();
    if (this.#bench.state.arrange.on.value) {
      if (ghost) outlines.put(ghost, COLOUR.ghost);
      if (chosen) outlines.put(chosen, COLOUR.chosen);
      if (pointed && pointed !== chosen) outlines.put(pointed, COLOUR.pointed);
      for (const { thing, participant } of this.#theirs()) outlines.put(thing, colourOf(participant));
    }
    outlines.end();
  }

  /** Where handles and names stand on the screen. */
  place(chosen: Thing | null): void {
    const { view, state } = this.#bench;
    const { onScreen, tags } = state.arrange;
    const place = chosen ? view.place(chosen) : null;
    const known = onScreen.value;
    if (!place !== !known || (place && known && Math.abs(place.x - known.x) + Math.abs(place.y - known.y) > 0.5))
      onScreen.value = place;
    const next = [];
    for (const { thing, participant } of this.#theirs()) {
      const at = view.place(thing);
      if (at) next.push({ name: this.#bench.person(participant), colour: colourOf(participant), x: at.x, y: at.y });
    }
    if (next.length || tags.value.length) tags.value = next;
  }

  dispose(): void {
    this.#outlines?.dispose();
  }
}

/** One person has one colour, the same on every page. */
function colourOf(participant: string): string {
  let sum = 0;
  for (const letter of participant) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return OTHERS[sum % OTHERS.length]!;
}
