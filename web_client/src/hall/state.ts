/**
 * What the hall knows and what a person can do in it. `net/` and `world/` write the signals and carry out the actions;
 * `ui/`, `a11y/` and `xr/` read the signals and call the actions. Nothing else passes between them.
 */
import type { Look, Pacing, Person, React, Say } from "../net/protocol.gen";
import type { ChosenBook } from "../world/books/reading";
import type { ArrangeActions, ArrangeState } from "../editor/contract";
import type { Signal } from "./signal";

export type Scope = Say["scope"];
export type Reaction = React["reaction"];

export type Phase = "choosing" | "loading" | "present" | "reconnecting" | "closed" | "failed";

export interface LoadStep {
  /** i18n key of what is coming, e.g. `hall.loading.walls`. */
  key: string;
  done: number;
  total: number;
}

export interface ChatLine {
  id: number;
  scope: Scope;
  from: string;
  name: string;
  role: Person["role"];
  own: boolean;
  to: string | null;
  text: string;
  at: Date;
}

export interface Trouble {
  /** Wire code, or one of ours: `offline`, `no_webgl`, `load_failed`. Translated by `errors.<code>`. */
  code: string;
  detail: string;
  retryAfterMs: number | null;
}

export interface Place {
  id: string;
  name: Record<string, string>;
  position: readonly [number, number, number];
  heading: number;
}

export interface Comfort {
  locomotion: "teleport" | "smooth";
  turn: "snap" | "smooth";
  turnDegrees: number;
  vignette: boolean;
  seated: boolean;
  reducedMotion: boolean;
  bubbleMetres: number;
  leftHanded: boolean;
}

export interface Settings {
  language: string;
  quality: "auto" | "high" | "low";
  contrast: "auto" | "normal" | "more";
  theme: "auto" | "light" | "dark";
  /** Whether others are seen in bodies that they brought. */
  ownAvatars: boolean;
  comfort: Comfort;
  keys: Record<string, string>;
}

/** A thing that can be acted on, registered once; pointer, keyboard, gaze, controllers and screen readers all call `act`. */
export interface Actionable {
  id: string;
  role: "button" | "link" | "seat" | "door" | "person" | "place" | "book" | "exhibit";
  label: () => string;
  act: () => void;
  /** Metres from the person, for order in the list; Infinity when it has no place. */
  distance: () => number;
}

export interface Participant extends Person {
  self: boolean;
  muted: boolean;
  blocked: boolean;
}

export interface HallState {
  phase: Signal<Phase>;
  load: Signal<LoadStep | null>;
  trouble: Signal<Trouble | null>;
  roomTitle: Signal<Record<string, string>>;
  self: Signal<Participant | null>;
  people: Signal<readonly Participant[]>;
  chat: Signal<readonly ChatLine[]>;
  notices: Signal<readonly { id: number; code: string; detail: string }[]>;
  places: Signal<readonly Place[]>;
  permissions: Signal<readonly string[]>;
  /** The room's limits, as it gave them at the welcome. */
  pacing: Signal<Pacing | null>;
  settings: Signal<Settings>;
  headset: Signal<"none" | "available" | "presenting">;
  seated: Signal<boolean>;
  /** The person's own place, at most five times a second: x, z in metres and heading in radians (0 looks along −Z, positive turns left). */
  where: Signal<{ x: number; z: number; heading: number }>;
  /** Where others are, for map and lists, twice a second. */
  whereabouts: Signal<ReadonlyMap<string, { x: number; z: number }>>;
  actionables: Signal<readonly Actionable[]>;
  focused: Signal<Actionable | null>;
  /** The book somebody took from a shelf to look at, or null. */
  book: Signal<ChosenBook | null>;
  arrange: ArrangeState;
  plan: Signal<{ url: string; min: readonly [number, number]; max: readonly [number, number] } | null>;
}

/** Everything a person can do. Each promise ends when the server has answered; it rejects with a `Trouble`. */
export interface HallActions {
  enter(name: string | null, look: Look): Promise<void>;
  leave(): Promise<void>;
  retry(): void;
  say(scope: Scope, text: string, to?: string): Promise<void>;
  react(reaction: Reaction): Promise<void>;
  raiseHand(raised: boolean): Promise<void>;
  setAway(away: boolean): Promise<void>;
  setLook(name: string | null, look: Look | null): Promise<void>;
  mute(participant: string, muted: boolean): Promise<void>;
  block(participant: string, blocked: boolean): Promise<void>;
  report(participant: string, reason: string, note: string): Promise<void>;
  moderate(participant: string, act: string, reason: string, minutes: number): Promise<void>;
  goSafe(): Promise<void>;
  goTo(place: Place | { participant: string }): void;
  stand(): void;
  enterHeadset(): Promise<void>;
  arrange: ArrangeActions;
  /** `svg` is a QR code of `url`, where the server draws one. */
  pairingCode(): Promise<{ code: string; url: string; expiresMs: number; svg?: string }>;
}
