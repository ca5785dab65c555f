/**
 * What page and room worker say to each other. Besides these, two bare things travel, so that nothing is wrapped sixty times a second:
 * an ArrayBuffer is a snapshot (empty to the worker, filled back), a Uint8Array to the worker is a pose to send.
 */
import type { Entry } from "./enter";
import type { PrivateEvent, SharedEvent, Welcome } from "./protocol.gen";
import type { Drag } from "./drag";
import type { Answered, Refusal, Unnumbered } from "./requests";
import type { LinePhase } from "./room_line";

export type ToWorker =
  | { do: "start"; entry: Entry; token: string | null }
  | { do: "request"; key: number; request: Unnumbered }
  | { do: "drag"; bytes: Uint8Array }
  | { do: "retry" }
  | { do: "wake" }
  | { do: "leave"; key: number };

export type FromWorker =
  | { say: "phase"; phase: LinePhase; why: Refusal | null; transport: "websocket" | "tunnel" }
  | { say: "welcome"; welcome: Welcome }
  | { say: "event"; event: SharedEvent }
  | { say: "private"; event: PrivateEvent }
  | { say: "drag"; room_ms: number; drag: Drag }
  | { say: "answered"; key: number; answer: Answered | null; refusal: Refusal | null };
