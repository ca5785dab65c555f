/** The others as bodies with name plates: the presence of each, handed to the crowd. */
import { Color, type Vector3, type WebGLRenderer } from "three";
import type { HallState } from "../hall/state";
import type { Reacted } from "../net/protocol.gen";
import { type AmbientProbe, Crowd, LookLibrary, NamePlates, warmAmbient } from "./bodies";
import { ambientCube, type HallProbes } from "./hall_light";
import type { Bodies, Presence } from "./inhabitants";
import type { Quality, Stage } from "./stage";
import { worldWords } from "./words";

/** Bodies at most; whoever comes after them still has a name in the air. */
const CAPACITY = 1000;
/** Rows of the crowd's palette texture for each body. */
const PALETTE_ROWS = 8;

/** Nobody is drawn: for pages that keep only network and state. */
export const noBodies: Bodies = {
  ownShown: 0,
  add() {},
  change() {},
  remove() {},
  pose() {},
  react() {},
  update() {},
  dispose() {},
};

export class CrowdBodies implements Bodies {
  readonly #here = new Map<number, Presence>();
  readonly #plates = new NamePlates();
  readonly #state: HallState;
  readonly #stage: Stage;
  #quality: Quality;
  readonly #stop: () => void;
  #crowd: Crowd | null = null;
  #gone = false;
  readonly #crownOf = (slot: number, out: Vector3): number => {
    if (this.#crowd?.has(slot)) return this.#crowd.crown(slot, out);
    const presence = this.#here.get(slot);
    if (!presence?.known) return 0;
    out.copy(presence.head).setY(presence.head.y + 0.22);
    return 1;
  };

  constructor(stage: Stage, renderer: WebGLRenderer, state: HallState, probe: AmbientProbe) {
    this.#state = state;
    this.#stage = stage;
    this.#quality = stage.quality;
    stage.scene.add(this.#plates.mesh);
    void LookLibrary.open().then(
      (library) => {
        if (this.#gone) return;
        const capacity = Math.min(CAPACITY, Math.floor(renderer.capabilities.maxTextureSize / PALETTE_ROWS));
        this.#crowd = new Crowd({ renderer, library, quality: this.#quality, probe, capacity });
        this.#crowd.bubble_m = state.settings.value.comfort.bubbleMetres;
        this.#crowd.showsOwn = state.settings.value.ownAvatars;
        stage.scene.add(this.#crowd.root);
        for (const presence of this.#here.values()) this.#embody(presence);
      },
      // Without bodies people still have names in the air; the next visit may fare better.
      () => undefined,
    );
    this.#stop = state.settings.watch(({ comfort, ownAvatars }) => {
      if (this.#crowd) {
        this.#crowd.bubble_m = comfort.bubbleMetres;
        this.#crowd.showsOwn = ownAvatars;
      }
      for (const presence of this.#here.values()) this.#label(presence);
    });
  }

  add(presence: Presence): void {
    this.#here.set(presence.person.slot, presence);
    this.#embody(presence);
    this.#label(presence);
  }

  change(presence: Presence, before: Presence["person"]): void {
    this.#label(presence);
    if (JSON.stringify(before.look) !== JSON.stringify(presence.person.look)) this.#embody(presence);
  }

  remove(presence: Presence): void {
    const { slot } = presence.person;
    this.#here.delete(slot);
    this.#crowd?.remove(slot);
    this.#plates.remove(slot);
  }

  pose(presence: Presence, rows: Float32Array, at: number, flags: number): void {
    this.#crowd?.setPose(presence.person.slot, rows, at, flags, presence.ground_m);
  }

  react(presence: Presence, reaction: Reacted["reaction"]): void {
    this.#plates.react(presence.person.slot, reaction);
  }

  get ownShown(): number {
    return this.#crowd?.ownShown ?? 0;
  }

  update(dt: number, eye: Vector3): void {
    if (this.#quality !== this.#stage.quality) {
      this.#quality = this.#stage.quality;
      if (this.#crowd) this.#crowd.quality = this.#quality;
    }
    this.#crowd?.update(dt, eye);
    this.#plates.update(dt, eye, this.#crownOf);
  }

  #embody({ person }: Presence): void {
    this.#crowd?.add(person.slot, person.look.id ?? "", person.look.colours ?? {}, person.look.model?.url ?? null);
  }

  #label({ person, away }: Presence): void {
    const words = worldWords(this.#state.settings.value.language);
    this.#plates.set(person.slot, {
      name: person.name,
      badge: words.badges[person.role] ?? "",
      away,
      awayWord: words.away,
      handRaised: person.hand_raised === true,
    });
  }

  dispose(): void {
    this.#gone = true;
    this.#stop();
    this.#crowd?.dispose();
    this.#plates.dispose();
  }
}

/** Bodies for this page's stage; the hall's own light as soon as it has one. */
export function makeBodies(stage: Stage, state: HallState, probes: () => HallProbes | null): Bodies {
  return stage.renderer ? new CrowdBodies(stage, stage.renderer, state, hallProbe(probes)) : noBodies;
}

/** Six colours of a place as what a body is lit by: above, below, and the brightest side. */
function hallProbe(probes: () => HallProbes | null): AmbientProbe {
  const cube = ambientCube();
  const mean = new Color();
  const SIDES = [0, 1, 4, 5] as const;
  const DIRECTIONS = { 0: [1, 0.45, 0], 1: [-1, 0.45, 0], 4: [0, 0.45, 1], 5: [0, 0.45, -1] } as const;
  return (position, out) => {
    const known = probes();
    if (!known) return warmAmbient(position, out);
    known.sample(position, cube);
    out.above.copy(cube.colors[2]);
    out.below.copy(cube.colors[3]);
    mean.setRGB(0, 0, 0);
    let best: (typeof SIDES)[number] = 0;
    let most = -1;
    for (const side of SIDES) {
      const { r, g, b } = cube.colors[side];
      mean.add(cube.colors[side]);
      const light = 0.3 * r + 0.6 * g + 0.1 * b;
      if (light > most) {
        most = light;
        best = side;
      }
    }
    out.towards.fromArray(DIRECTIONS[best]).normalize();
    // What the sides have in common is in the light from above and below already: only the rest comes from one side.
    mean.multiplyScalar(1 / SIDES.length);
    out.key.copy(cube.colors[best]).sub(mean);
    out.key.setRGB(Math.max(0, out.key.r), Math.max(0, out.key.g), Math.max(0, out.key.b));
  };
}
