/** The page's face of the room channel: what happened comes as calls, where everybody is as one snapshot a drawing. */
import { SNAPSHOT, snapshotBytes } from "./crowd_buffer";
import { encodeDrag, type Drag, type DragPlace } from "./drag";
import type { Entry } from "./enter";
import type { PoseNumbers } from "./pose";
import { PoseSender } from "./pose_sender";
import type { PrivateEvent, SharedEvent, Welcome } from "./protocol.gen";
import { refusal, type Answered, type Refusal, type Unnumbered } from "./requests";
import type { LinePhase } from "./room_line";
import type { FromWorker, ToWorker } from "./worker_messages";

export interface RoomListener {
  phase(phase: LinePhase, why: Refusal | null): void;
  welcome(welcome: Welcome): void;
  event(event: SharedEvent): void;
  privately(event: PrivateEvent): void;
  /** Where a thing is that somebody else holds; `room_ms` is the time of the frame that said it. */
  drag(drag: Drag, room_ms: number): void;
}

const BUFFERS = 2;
const FIRST_ROWS = 64;

export class RoomChannel {
  readonly #worker: Worker;
  readonly #listener: RoomListener;
  readonly #sender = new PoseSender();
  readonly #waiting = new Map<
    number,
    { resolve: (answer: Answered | null) => void; reject: (refusal: Refusal) => void }
  >();
  /** Buffers that are here and may be sent to be filled. */
  readonly #spare: ArrayBuffer[] = [];
  readonly #transfer: Transferable[] = [];
  #shown: ArrayBuffer | null = null;
  #key = 0;
  #drags = 0;
  #origin: readonly number[] = [0, 0, 0];
  phase: LinePhase = "idle";
  transport: "websocket" | "tunnel" = "websocket";
  /** The newest snapshot: `count` rows of `SNAPSHOT.row` in `rows`. */
  rows = new Float32Array(0);
  count = 0;
  room_ms = 0;
  rtt_ms = 0;
  frames = 0;

  constructor(listener: RoomListener) {
    this.#listener = listener;
    this.#worker = new Worker(new URL("./room_worker.ts", import.meta.url), { type: "module", name: "room" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker | ArrayBuffer>) => {
      if (data instanceof ArrayBuffer) this.#filled(data);
      else this.#heard(data);
    };
    this.#worker.onerror = () => listener.phase("ended", refusal("internal"));
    for (let i = 0; i < BUFFERS; i++) this.#spare.push(new ArrayBuffer(snapshotBytes(FIRST_ROWS)));
  }

  start(entry: Entry, token: string | null): void {
    this.#tell({ do: "start", entry, token });
  }

  retry(): void {
    this.#tell({ do: "retry" });
  }

  /** The network is back: a line that waits tries at once; one that ended stays so. */
  wake(): void {
    this.#tell({ do: "wake" });
  }

  /** Ends with the server's answer; rejects with a Refusal. */
  async request(request: Unnumbered): Promise<Answered> {
    return (await this.#ask((key) => ({ do: "request", key, request })))!;
  }

  async leave(): Promise<void> {
    await this.#ask((key) => ({ do: "leave", key }));
  }

  /** Where I carry what I hold. Send at most as many as poses; each renews the lease. */
  drag(place: DragPlace): void {
    if (this.phase === "live") this.#tell({ do: "drag", bytes: encodeDrag(place, this.#drags++ & 0xff, this.#origin) });
  }

  /** Call at every drawing: asks for the next snapshot. What is shown is the one before, a frame old. */
  refresh(): void {
    // Before the worker has a room nobody would fill a buffer and send it back.
    if (this.phase === "idle") return;
    const buffer = this.#spare.pop();
    if (!buffer) return;
    this.#transfer[0] = buffer;
    this.#worker.postMessage(buffer, this.#transfer);
  }

  /** Call at every drawing with one's own pose; it is sent when it is time. */
  offer(pose: PoseNumbers, flags: number, now_ms: number): void {
    if (this.phase !== "live") return;
    const bytes = this.#sender.offer(pose, flags, now_ms);
    if (bytes) this.#worker.postMessage(bytes);
  }

  /** The next pose is a teleport. */
  jump(): void {
    this.#sender.jump();
  }

  dispose(): void {
    this.#worker.terminate();
    this.#drop();
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #ask(message: (key: number) => ToWorker): Promise<Answered | null> {
    const key = ++this.#key;
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, { resolve, reject });
      this.#tell(message(key));
    });
  }

  #drop(): void {
    for (const { reject } of this.#waiting.values()) reject(refusal("offline"));
    this.#waiting.clear();
  }

  #filled(buffer: ArrayBuffer): void {
    if (this.#shown) this.#spare.push(this.#shown);
    this.#shown = buffer;
    const { head } = SNAPSHOT;
    const facts = new Float64Array(buffer, 0, head.size);
    this.rows = new Float32Array(buffer, head.size * 8);
    this.count = facts[head.count]!;
    this.room_ms = facts[head.room_ms]!;
    this.rtt_ms = facts[head.rtt_ms]!;
    this.frames = facts[head.frames]!;
  }

  #heard(message: FromWorker): void {
    switch (message.say) {
      case "phase":
        this.phase = message.phase;
        this.transport = message.transport;
        return this.#listener.phase(message.phase, message.why);
      case "welcome":
        this.#sender.origin = this.#origin = message.welcome.space.origin;
        this.#sender.pace(message.welcome.pacing.pose_hz);
        this.#sender.forget();
        return this.#listener.welcome(message.welcome);
      case "event":
        return this.#listener.event(message.event);
      case "private":
        return this.#listener.privately(message.event);
      case "drag":
        return this.#listener.drag(message.drag, message.room_ms);
      case "answered": {
        const waiting = this.#waiting.get(message.key);
        this.#waiting.delete(message.key);
        if (message.refusal) waiting?.reject(message.refusal);
        else waiting?.resolve(message.answer);
      }
    }
  }
}
