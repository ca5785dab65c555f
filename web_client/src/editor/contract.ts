/**
 * What arranging a room is to the rest of the page: signals that the interface reads, deeds that it asks for. `Editor` writes and carries out;
 * panel, bar, handles, keys and headset call the same deeds.
 */
import type { Signal } from "../hall/signal";
import type { Trouble } from "../hall/state";
import type { Entity, PastOperation, SceneHistory, Space } from "../net/protocol.gen";
import type { LibraryItem } from "../world/placed/library";
import type { ThingKind, Vector } from "../world/placed/thing";
import type { Work } from "../world/placed/works";

export interface Rights {
  place: boolean;
  change: Space["may_change"];
  restore: boolean;
}

/** A placed thing as a list names it. */
export interface ThingLine {
  id: string;
  label: string;
  kind: ThingKind;
  distance_m: number;
  mine: boolean;
  mayChange: boolean;
}

/** The chosen thing with the numbers that describe where it is. */
export interface Chosen extends ThingLine {
  position: Vector;
  /** About the vertical, 0 faces +Z. */
  degrees: number;
  scale: number;
  /** Metres as it stands now: width, height, depth. */
  size: Vector;
  caption: string;
  /** Name of whoever else moves it now. */
  holder: string | null;
}

/** What is about to be placed: an entity without a place. */
export interface Source {
  label: string;
  entity: Pick<Entity, "model" | "media" | "caption">;
}

export interface Upload {
  id: number;
  name: string;
  stage: "sending" | "checking" | "ready" | "failed";
  /** 0 to 1. */
  share: number;
  trouble: Trouble | null;
}

/** Something to be told in words: a key of the messages with its parameters, or a refusal. */
export type Told =
  | { number: number; key: string; params: Record<string, string | number>; loud: boolean }
  | { number: number; trouble: Trouble };

/** One small change of the chosen thing, as a key press makes it. Metres, in the view's directions; degrees; shares. */
export type Step =
  | { do: "move"; right: number; forward: number; coarse?: boolean }
  | { do: "lift"; up: number; coarse?: boolean }
  | { do: "turn"; sign: 1 | -1 }
  | { do: "scale"; sign: 1 | -1 };

export type HandleKind = "move" | "lift" | "turn" | "scale";

/** Where the chosen thing is on the screen, in CSS pixels of the canvas; null when it is behind. */
export interface OnScreen {
  x: number;
  y: number;
  radius_px: number;
}

export interface ArrangeState {
  rights: Signal<Rights>;
  on: Signal<boolean>;
  /** Label of what is being placed. */
  placing: Signal<string | null>;
  chosen: Signal<Chosen | null>;
  /** Without the grid. */
  free: Signal<boolean>;
  /** Grows when what is here has changed. */
  version: Signal<number>;
  placed: Signal<{ count: number; limit: number }>;
  uploads: Signal<readonly Upload[]>;
  /** The earlier state that is shown to this person alone. */
  past: Signal<PastOperation | null>;
  told: Signal<Told | null>;
  /** Others who move something now: where on the screen, and who. */
  tags: Signal<readonly { name: string; colour: string; x: number; y: number }[]>;
  onScreen: Signal<OnScreen | null>;
}

export interface ArrangeActions {
  open(on: boolean): void;
  /** What is here, the nearest first. */
  here(): ThingLine[];
  library(): Promise<readonly LibraryItem[]>;
  works(): Promise<readonly Work[]>;
  /** Begins to place it: it goes where the pointer is, or stands before the person. */
  take(source: Source): void;
  putDown(): Promise<void>;
  /** Gives up placing, else what is chosen; false when there was nothing to give up. */
  cancel(): boolean;
  choose(id: string | null): void;
  step(step: Step): void;
  set(numbers: { position?: Vector; degrees?: number; scale?: number }): void;
  duplicate(): Promise<void>;
  /** Empty words take the caption away. */
  caption(words: string): Promise<void>;
  remove(): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** Pictures hang where they were dropped (CSS pixels), or where one looks. */
  upload(files: readonly File[], x?: number, y?: number): void;
  dropUpload(id: number): void;
  history(before?: number): Promise<SceneHistory>;
  view(operation: PastOperation | null): Promise<void>;
  restore(op_sequence: number): Promise<void>;
  /** A handle is dragged: CSS pixels from where it was taken. */
  handle(kind: HandleKind, phase: "begin" | "drag" | "end", dx?: number, dy?: number): void;
}
