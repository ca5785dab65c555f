/**
 * The line to a room, kept alive: enter, hello, and after a loss resume, or else enter again. Sans I/O: HTTP, sockets and time come in as ports.
 *
 *   idle → entering → opening → greeting → live ⇄ waiting (→ opening with the resume token, or entering)
 *   any → ended, with the reason
 */
import { encode } from "@msgpack/msgpack";
import { backOff_ms } from "./back_off";
import { RoomClock } from "./clock";
import { EventGap, EventOrder } from "./event_order";
import { MalformedMessage, MessageReader, type MessageSink } from "./frame";
import type { Answer, EnterAnswer, Hello, PrivateEvent, RoomRequest, SharedEvent, Welcome } from "./protocol.gen";
import { PROTOCOL_VERSION, SCHEMA_HASH, UP } from "./protocol.gen";
import type { Drag } from "./drag";
import { isRefusal, refusal, Requests, type Answered, type Refusal, type Unnumbered } from "./requests";
import type { OpenTransport, Timers, Transport } from "./transport";
import type { PoseNumbers } from "./pose";

export type LinePhase = "idle" | "entering" | "opening" | "greeting" | "live" | "waiting" | "ended";

export interface LinePorts {
  timers: Timers;
  /** POST enter; rejects with a Refusal. */
  enter(resume: string | null): Promise<EnterAnswer>;
  openWebSocket: OpenTransport;
  /** Null when the tunnel cannot be had. */
  openTunnel: ((roomUrl: string) => Promise<OpenTransport>) | null;
}

export interface LineEvents {
  phase(phase: LinePhase, why: Refusal | null): void;
  welcome(welcome: Welcome): void;
  event(event: SharedEvent): void;
  privately(event: PrivateEvent): void;
  frame(tick: number, room_ms: number, flags: number): void;
  pose(slot: number, kind: number, flags: number, sequence: number, pose: PoseNumbers): void;
  drag(drag: Drag): void;
}

const OPEN_MS = 5000;
const GREET_MS = 8000;
const PING_MS = 2000;
const FIRST_PINGS_MS = 250;
const FIRST_PINGS = 6;
/** No byte for so long: the line is dead even if nobody said so. */
const SILENT_MS = 7000;
/** Codes after which trying again by ourselves would be wrong. */
const FINAL = new Set([
  "out_of_date",
  "banned",
  "forbidden",
  "not_found",
  "room_full",
  "wrong_origin",
  "taken_over",
  "removed",
  "session_ended",
]);
/** Notices that end the stay; the server closes after them. */
const FAREWELLS = new Set(["taken_over", "removed", "banned"]);

export class RoomLine {
  readonly clock = new RoomClock();
  readonly requests = new Requests();
  readonly #ports: LinePorts;
  readonly #events: LineEvents;
  readonly #reader = new MessageReader();
  readonly #shared = new EventOrder<SharedEvent>();
  readonly #privates = new EventOrder<PrivateEvent>();
  readonly #sink: MessageSink;
  #phase: LinePhase = "idle";
  #transport: Transport | null = null;
  /** Counts connections; what an older one still says is not heard. */
  #generation = 0;
  readonly #timers = new Map<string, () => void>();
  #attempt = 0;
  #token: string | null;
  #room_url: string | null = null;
  #tunnelled = false;
  #tunnel_offered = false;
  #was_live = false;
  #farewell: string | null = null;
  #farewell_detail = "";
  #heard_ms = 0;
  #pings = 0;
  #echo = 0;
  #ping_sent = new Float64Array(16);
  #last_pose: Uint8Array | null = null;

  constructor(ports: LinePorts, events: LineEvents, token: string | null) {
    this.#ports = ports;
    this.#events = events;
    this.#token = token;
    this.#sink = {
      frame: (tick, room_ms, flags) => events.frame(tick, room_ms, flags),
      events: (first, list) => this.#shared.take(first, list, (event) => events.event(event)),
      pose: (slot, kind, flags, sequence, pose) => events.pose(slot, kind, flags, sequence, pose),
      drag: (drag) => events.drag(drag),
      answer: (answer) => this.#answered(answer),
      pong: (echo, room_ms) => {
        const sent = this.#ping_sent[echo % this.#ping_sent.length]!;
        this.clock.sample(sent, room_ms, this.#ports.timers.now());
      },
      privately: (sequence, event) => {
        if (event.type === "notice" && FAREWELLS.has(event.code)) {
          // The last word counts even when something before it was missed: coming back for that would be wrong.
          this.#farewell = event.code;
          this.#farewell_detail = event.detail ?? "";
          return events.privately(event);
        }
        this.#privates.take(sequence, [event], (news) => events.privately(news));
      },
    };
  }

  get phase(): LinePhase {
    return this.#phase;
  }

  get transport(): "websocket" | "tunnel" {
    return this.#transport?.kind ?? (this.#tunnelled ? "tunnel" : "websocket");
  }

  start(): void {
    if (this.#phase === "idle" || this.#phase === "ended") this.#enter();
  }

  /** Hangs up without a word; the place is kept for a while. */
  stop(): void {
    this.#quiet();
    this.requests.drop();
    this.#phase = "idle";
  }

  /** The network is back: try now instead of waiting. What has ended stays ended, for nobody comes back unasked. */
  wake(): void {
    if (this.#phase === "waiting") this.#again();
  }

  /** The person asked to try now, or to come back. */
  retry(): void {
    if (this.#phase === "waiting") this.#again();
    else if (this.#phase === "ended") {
      this.#attempt = 0;
      this.#enter();
    }
  }

  async request(request: Unnumbered): Promise<Answered> {
    if (this.#phase !== "live") throw refusal("offline");
    return this.requests.begin(request, (numbered) => this.#send(numbered), this.#ports.timers.now());
  }

  /** Poses are news, not history: while the line is away or full they are not queued. */
  pose(bytes: Uint8Array): void {
    this.#last_pose = bytes;
    this.drag(bytes);
  }

  /** The place of what one holds; like a pose, but not offered again after a loss. */
  drag(bytes: Uint8Array): void {
    if (this.#phase === "live" && this.#transport && this.#transport.buffered_bytes < 4096) this.#transport.send(bytes);
  }

  /** Says goodbye and ends; the place is given up. */
  async leave(): Promise<void> {
    if (this.#phase === "live") await this.request({ type: "leave" }).catch(() => undefined);
    this.#token = null;
    this.#end(refusal("left"));
  }

  #to(phase: LinePhase, why: Refusal | null = null): void {
    this.#phase = phase;
    this.#events.phase(phase, why);
  }

  #quiet(): number {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    const transport = this.#transport;
    this.#transport = null;
    this.#generation++;
    transport?.close();
    return this.#generation;
  }

  /** One timer a name; `#quiet` calls them all off. */
  #after(name: "open" | "greet" | "ping" | "again", ms: number, step: () => void): void {
    this.#timers.get(name)?.();
    this.#timers.set(name, this.#ports.timers.after(ms, step));
  }

  #enter(): void {
    const generation = this.#quiet();
    this.#to("entering");
    this.#ports.enter(this.#token).then(
      (answer) => {
        if (generation !== this.#generation) return;
        if (answer.protocol !== PROTOCOL_VERSION || answer.schema !== SCHEMA_HASH)
          return this.#end(refusal("out_of_date"));
        this.#room_url = answer.room_url;
        this.#tunnel_offered = answer.tunnel;
        this.#open({ ticket: answer.ticket });
      },
      (error: unknown) => {
        if (generation === this.#generation) this.#failed(isRefusal(error) ? error : refusal("offline", String(error)));
      },
    );
  }

  #open(proof: Pick<Hello, "ticket" | "resume">): void {
    const generation = this.#quiet();
    this.#to("opening");
    const roomUrl = this.#room_url!;
    if (!this.#tunnelled) return this.#attach(generation, this.#ports.openWebSocket, proof, () => this.#blocked(proof));
    this.#ports.openTunnel!(roomUrl).then(
      (open) => {
        if (generation === this.#generation) this.#attach(generation, open, proof, () => this.#lost("offline"));
      },
      () => {
        if (generation === this.#generation) this.#lost("offline");
      },
    );
  }

  /** The socket never opened. On a network that blocks WebSockets the tunnel may still go through; the proof is not used up yet. */
  #blocked(proof: Pick<Hello, "ticket" | "resume">): void {
    if (this.#was_live || !this.#tunnel_offered || !this.#ports.openTunnel) return this.#lost("offline");
    this.#tunnelled = true;
    this.#open(proof);
  }

  #attach(
    generation: number,
    open: OpenTransport,
    proof: Pick<Hello, "ticket" | "resume">,
    unopened: () => void,
  ): void {
    let opened = false;
    const mine = (): boolean => generation === this.#generation;
    this.#after("open", OPEN_MS, () => {
      if (mine() && !opened) unopened();
    });
    this.#transport = open(this.#room_url!, {
      opened: () => {
        if (!mine()) return;
        opened = true;
        this.#greet(proof);
      },
      message: (buffer) => {
        if (mine()) this.#message(buffer);
      },
      closed: (_code, reason) => {
        if (!mine()) return;
        if (!opened) unopened();
        else this.#lost(reason);
      },
    });
  }

  #greet(proof: Pick<Hello, "ticket" | "resume">): void {
    this.#to("greeting");
    this.#after("greet", GREET_MS, () => {
      if (this.#phase === "greeting") this.#lost("offline");
    });
    const hello: Unnumbered<Hello> = {
      type: "hello",
      protocol: PROTOCOL_VERSION,
      schema: SCHEMA_HASH,
      ...proof,
      last_event: this.#shared.last,
      last_private: this.#privates.last,
      ...(this.#last_pose && { pose: this.#last_pose }),
    };
    const generation = this.#generation;
    this.requests
      .begin(hello, (numbered) => this.#send(numbered), this.#ports.timers.now())
      .catch((error: Refusal) => {
        if (generation !== this.#generation) return;
        // The place is gone (too long away, another server): the token still proves who we were when we enter anew.
        if (proof.resume && !FINAL.has(error.code)) {
          this.#room_url = null;
          this.#lost(error.code);
        } else this.#failed(error);
      });
  }

  #answered(answer: Answer): void {
    if (answer.type === "welcome") this.#welcomed(answer);
    this.requests.answer(answer);
  }

  /** At once, not when the promise ends: frames that follow in the same breath need it. */
  #welcomed(welcome: Welcome): void {
    const now = this.#ports.timers.now();
    this.#reader.origin = welcome.space.origin;
    this.#token = welcome.resume_token;
    this.#attempt = 0;
    this.#was_live = true;
    this.#farewell = null;
    if (!welcome.resumed) {
      this.#shared.start(welcome.event_sequence);
      this.#privates.start(welcome.private_sequence);
    }
    this.clock.guess(welcome.room_ms, now);
    this.#heard_ms = now;
    this.#pings = 0;
    this.#events.welcome(welcome);
    this.#to("live");
    this.#ping();
  }

  #ping(): void {
    const now = this.#ports.timers.now();
    if (now - this.#heard_ms > SILENT_MS) return this.#lost("offline");
    this.requests.expire(now);
    this.#echo = (this.#echo + 1) >>> 0;
    this.#ping_sent[this.#echo % this.#ping_sent.length] = now;
    const view = new DataView(new ArrayBuffer(5));
    view.setUint8(0, UP.ping);
    view.setUint32(1, this.#echo, true);
    this.#transport?.send(new Uint8Array(view.buffer));
    this.#after("ping", this.#pings++ < FIRST_PINGS ? FIRST_PINGS_MS : PING_MS, () => this.#ping());
  }

  #message(buffer: ArrayBuffer): void {
    this.#heard_ms = this.#ports.timers.now();
    try {
      this.#reader.read(buffer, this.#sink);
    } catch (error) {
      if (!(error instanceof EventGap) && !(error instanceof MalformedMessage)) throw error;
      this.#lost("malformed");
    }
  }

  #send(request: RoomRequest): void {
    const body = encode(request);
    const bytes = new Uint8Array(body.length + 1);
    bytes[0] = UP.request;
    bytes.set(body, 1);
    this.#transport?.send(bytes);
  }

  #lost(reason: string): void {
    if (this.#farewell) return this.#end(refusal(this.#farewell, this.#farewell_detail));
    if (FINAL.has(reason)) return this.#end(refusal(reason));
    this.#failed(refusal(reason === "restarting" ? reason : "offline", reason));
  }

  #failed(why: Refusal): void {
    if (FINAL.has(why.code) || (!this.#was_live && this.#attempt >= 3)) return this.#end(why);
    this.#quiet();
    this.requests.drop();
    const wait_ms = Math.max(why.retryAfterMs ?? 0, backOff_ms(this.#attempt++, this.#ports.timers.random()));
    this.#to("waiting", { ...why, retryAfterMs: wait_ms });
    this.#after("again", wait_ms, () => this.#again());
  }

  #again(): void {
    if (this.#token && this.#room_url && this.#was_live) this.#open({ resume: this.#token });
    else this.#enter();
  }

  #end(why: Refusal): void {
    this.#quiet();
    this.requests.drop(why.code);
    this.#to("ended", why);
  }
}
