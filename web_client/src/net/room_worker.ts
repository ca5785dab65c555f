/** The worker that owns the room's line: decoding and interpolation never wait for drawing, nor drawing for them. */
import { CrowdBuffer, SNAPSHOT, snapshotBytes } from "./crowd_buffer";
import { enterRoom, type Entry } from "./enter";
import type { Welcome } from "./protocol.gen";
import { isRefusal, refusal, type Answered } from "./requests";
import { RoomLine } from "./room_line";
import { realTimers } from "./transport";
import { openWebSocket } from "./websocket_transport";
import type { FromWorker, ToWorker } from "./worker_messages";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const TUNNEL_HZ = 5;
const SPARE_ROWS = 32;

class RoomWorker {
  readonly #crowd = new CrowdBuffer();
  readonly #line: RoomLine;
  #own_slot = -1;
  #frame_ms = 0;

  constructor(entry: Entry, token: string | null) {
    this.#line = new RoomLine(
      {
        timers: realTimers,
        enter: (resume) => enterRoom(entry, resume),
        openWebSocket: openWebSocket(entry.origin),
        openTunnel: async () => (await import("./tunnel_transport")).openTunnel(entry.origin, entry.room),
      },
      {
        phase: (phase, why) => say({ say: "phase", phase, why, transport: this.#line.transport }),
        welcome: (welcome) => this.#welcome(welcome),
        event: (event) => {
          if (event.type === "left") this.#crowd.remove(event.slot);
          if (event.type === "arrived") this.#crowd.remove(event.person.slot);
          say({ say: "event", event });
        },
        privately: (event) => say({ say: "private", event }),
        frame: (_tick, room_ms) => {
          const now = this.#line.clock.room(realTimers.now());
          // The stamp has 32 bits; the clock says which turn of them it is.
          this.#frame_ms = now + ((room_ms - Math.floor(now)) | 0);
          this.#crowd.frame(this.#frame_ms, now);
        },
        pose: (slot, kind, flags, _sequence, pose) => this.#crowd.push(this.#frame_ms, slot, kind, flags, pose),
        drag: (drag) => say({ say: "drag", room_ms: this.#frame_ms, drag }),
      },
      token,
    );
    this.#line.start();
  }

  #welcome(welcome: Welcome): void {
    if (!welcome.resumed) this.#crowd.clear();
    this.#crowd.pace(this.#line.transport === "tunnel" ? TUNNEL_HZ : welcome.pacing.tick_hz);
    this.#own_slot = welcome.slot;
    say({ say: "welcome", welcome });
  }

  stop(): void {
    this.#line.stop();
  }

  pose(bytes: Uint8Array): void {
    this.#line.pose(bytes);
  }

  snapshot(buffer: ArrayBuffer): void {
    const wanted = snapshotBytes(this.#crowd.size);
    const out = buffer.byteLength >= wanted ? buffer : new ArrayBuffer(snapshotBytes(this.#crowd.size + SPARE_ROWS));
    const { head } = SNAPSHOT;
    const facts = new Float64Array(out, 0, head.size);
    const room_ms = this.#line.clock.room(realTimers.now());
    facts[head.room_ms] = room_ms;
    facts[head.rtt_ms] = this.#line.clock.rtt_ms;
    facts[head.frames] = this.#crowd.frames;
    facts[head.transport] = this.#line.transport === "tunnel" ? 1 : 0;
    facts[head.count] = this.#crowd.snapshot(room_ms, this.#own_slot, new Float32Array(out, head.size * 8));
    scope.postMessage(out, [out]);
  }

  handle(message: Exclude<ToWorker, { do: "start" }>): void {
    switch (message.do) {
      case "retry":
        return this.#line.retry();
      case "wake":
        return this.#line.wake();
      case "request":
        return settle(message.key, this.#line.request(message.request));
      case "drag":
        return this.#line.drag(message.bytes);
      case "leave":
        return settle(message.key, this.#line.leave());
    }
  }
}

function say(message: FromWorker): void {
  scope.postMessage(message);
}

function settle(key: number, promise: Promise<Answered | void>): void {
  promise.then(
    (answer) => say({ say: "answered", key, answer: answer ?? null, refusal: null }),
    (error: unknown) =>
      say({
        say: "answered",
        key,
        answer: null,
        refusal: isRefusal(error) ? error : refusal("internal", String(error)),
      }),
  );
}

let room: RoomWorker | null = null;

scope.onmessage = ({ data }: MessageEvent<ToWorker | ArrayBuffer | Uint8Array>) => {
  if (data instanceof ArrayBuffer) room?.snapshot(data);
  else if (data instanceof Uint8Array) room?.pose(data);
  else if (data.do === "start") {
    room?.stop();
    room = new RoomWorker(data.entry, data.token);
  } else room?.handle(data);
};
scope.addEventListener("online", () => room?.handle({ do: "wake" }));
