/** What carries the room channel's bytes: a WebSocket, or the Socket.IO tunnel where those are blocked. Both carry the same messages. */

export interface TransportEvents {
  opened(): void;
  message(buffer: ArrayBuffer): void;
  /** Once, and last. `opened` may never have been called. */
  closed(code: number, reason: string): void;
}

export interface Transport {
  readonly kind: "websocket" | "tunnel";
  /** Bytes not yet handed to the network. */
  readonly buffered_bytes: number;
  send(bytes: Uint8Array): void;
  close(): void;
}

export type OpenTransport = (roomUrl: string, events: TransportEvents) => Transport;

/** Time as a port, so that tests can turn the clock. */
export interface Timers {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Runs once later; the answer calls it off. */
  after(ms: number, step: () => void): () => void;
  random(): number;
}

export const realTimers: Timers = {
  now: () => performance.now(),
  after(ms, step) {
    const timer = setTimeout(step, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
