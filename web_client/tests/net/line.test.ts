import { decode, encode } from "@msgpack/msgpack";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeDrag } from "../../src/net/drag";
import { EventGap, EventOrder } from "../../src/net/event_order";
import type { EnterAnswer, Hello, SharedEvent, Welcome } from "../../src/net/protocol.gen";
import { PROTOCOL_VERSION, SCHEMA_HASH } from "../../src/net/protocol.gen";
import { refusal, Requests, type Refusal } from "../../src/net/requests";
import { RoomLine, type LinePhase } from "../../src/net/room_line";
import type { OpenTransport, Timers, TransportEvents } from "../../src/net/transport";

/** A clock that goes when it is told to. */
class Hand implements Timers {
  #now = 0;
  #steps: { at: number; step: () => void }[] = [];
  now = (): number => this.#now;
  random = (): number => 0.5;
  after(ms: number, step: () => void): () => void {
    const entry = { at: this.#now + ms, step };
    this.#steps.push(entry);
    return () => void (this.#steps = this.#steps.filter((other) => other !== entry));
  }
  turn(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#steps.filter((step) => step.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#steps = this.#steps.filter((other) => other !== next);
      this.#now = next.at;
      next.step();
    }
    this.#now = until;
  }
}

interface Socket {
  kind: "websocket" | "tunnel";
  events: TransportEvents;
  sent: Uint8Array[];
  closed: boolean;
}

const WELCOME: Welcome = {
  type: "welcome",
  id: 1,
  resumed: false,
  participant: "00112233445566aa",
  slot: 1,
  resume_token: "first-token-of-the-stay",
  space: {
    room: "great-hall",
    scene_url: "/scene.json",
    scene_sha256: "00",
    op_sequence: 0,
    arrangement_url: "/api/rooms/great-hall/scene",
    owner: "0123456789abcdef",
    may_place: true,
    may_change: "own",
    may_restore: false,
    entity_limit: 5000,
    origin: [0, 0, 0],
    bounds_min: [-1, -1, -1],
    bounds_max: [1, 1, 1],
  },
  pacing: {
    tick_hz: 20,
    pose_hz: 20,
    chat_chars: 1,
    chats_per_minute: 1,
    hearing_metres: 1,
    resume_window_ms: 1,
    lease_ms: 1,
  },
  position: [0, 0, 0],
  heading: 0,
  room_ms: 0,
  epoch_ms: 0,
  event_sequence: 5,
  private_sequence: 1,
  permissions: [],
  people: [],
};

class World {
  timers = new Hand();
  sockets: Socket[] = [];
  enters: (string | null)[] = [];
  refusals: Refusal[] = [];
  phases: LinePhase[] = [];
  why: Refusal | null = null;
  events: SharedEvent[] = [];
  answer: EnterAnswer = {
    room_url: "/rooms/great-hall/socket",
    tunnel: true,
    ticket: "a-ticket-of-the-house",
    ticket_ms: 30_000,
    participant: WELCOME.participant,
    slot: 1,
    epoch_ms: 0,
    protocol: PROTOCOL_VERSION,
    schema: SCHEMA_HASH,
  };

  #open(kind: "websocket" | "tunnel"): OpenTransport {
    return (_url, events) => {
      const socket: Socket = { kind, events, sent: [], closed: false };
      this.sockets.push(socket);
      return {
        kind,
        buffered_bytes: 0,
        send: (bytes) => void socket.sent.push(bytes.slice()),
        close: () => void (socket.closed = true),
      };
    };
  }

  line = new RoomLine(
    {
      timers: this.timers,
      enter: async (resume) => {
        this.enters.push(resume);
        const refused = this.refusals.shift();
        if (refused) throw refused;
        return this.answer;
      },
      openWebSocket: this.#open("websocket"),
      openTunnel: async () => this.#open("tunnel"),
    },
    {
      phase: (phase, why) => {
        this.phases.push(phase);
        this.why = why;
      },
      welcome: () => undefined,
      event: (event) => this.events.push(event),
      privately: () => undefined,
      frame: () => undefined,
      pose: () => undefined,
      drag: () => undefined,
    },
    null,
  );

  get socket(): Socket {
    return this.sockets.at(-1)!;
  }

  /** Everything that was promised has happened. */
  async settle(): Promise<void> {
    for (let i = 0; i < 8; i++) await Promise.resolve();
  }

  hello(): Hello {
    const message = this.socket.sent.find((bytes) => bytes[0] === 2)!;
    return decode(message.subarray(1)) as Hello;
  }

  say(type: number, body: unknown, head: number[] = []): void {
    this.socket.events.message(new Uint8Array([type, ...head, ...encode(body)]).buffer);
  }

  frame(first: number, events: SharedEvent[]): void {
    const body = encode(events);
    const data = new Uint8Array(20 + body.length);
    const view = new DataView(data.buffer);
    view.setUint8(0, 0x81);
    view.setUint32(12, first, true);
    view.setUint32(16, body.length, true);
    data.set(body, 20);
    this.socket.events.message(data.buffer);
  }

  async live(welcome: Partial<Welcome> = {}): Promise<void> {
    this.socket.events.opened();
    this.say(0x82, { ...WELCOME, ...welcome, id: this.hello().id });
    await this.settle();
  }
}

describe("the line", () => {
  let world: World;
  beforeEach(async () => {
    world = new World();
    world.line.start();
    await world.settle();
  });

  it("enters, says hello with the ticket, and is live", async () => {
    await world.live();
    expect(world.hello()).toMatchObject({ ticket: world.answer.ticket, schema: SCHEMA_HASH, last_event: 0 });
    expect(world.phases).toEqual(["entering", "opening", "greeting", "live"]);
  });

  it("resumes after a loss with the token and the last event it saw", async () => {
    await world.live();
    world.frame(5, [{ type: "reacted", participant: "p", reaction: "wave" }]);
    world.socket.events.closed(1006, "");
    expect(world.line.phase).toBe("waiting");
    world.timers.turn(1000);
    await world.settle();
    world.socket.events.opened();
    expect(world.hello()).toMatchObject({ resume: WELCOME.resume_token, last_event: 5 });
    expect(world.enters).toEqual([null]);
    await world.live({ resumed: true, resume_token: "second-token-of-the-stay" });
    world.frame(5, [
      { type: "reacted", participant: "p", reaction: "wave" },
      { type: "reacted", participant: "p", reaction: "heart" },
    ]);
    expect(world.events.map((event) => "reaction" in event && event.reaction)).toEqual(["wave", "heart"]);
  });

  it("enters again, saying who it was, when the place is gone", async () => {
    await world.live();
    world.socket.events.closed(1012, "");
    world.timers.turn(1000);
    await world.settle();
    world.socket.events.opened();
    world.say(0x82, { type: "failure", id: world.hello().id, code: "gone", message: "" });
    await world.settle();
    world.timers.turn(2000);
    await world.settle();
    expect(world.enters).toEqual([null, WELCOME.resume_token]);
    await world.live();
    expect(world.line.phase).toBe("live");
  });

  it("offers its last pose again", async () => {
    await world.live();
    world.line.pose(new Uint8Array([1, 2, 3]));
    world.socket.events.closed(1006, "");
    world.timers.turn(1000);
    world.socket.events.opened();
    expect(world.hello()).toMatchObject({ pose: new Uint8Array([1, 2, 3]) });
  });

  it("takes the tunnel when no socket opens in five seconds", async () => {
    world.timers.turn(5000);
    await world.settle();
    expect(world.socket.kind).toBe("tunnel");
    await world.live();
    expect(world.line.transport).toBe("tunnel");
    expect(world.enters.length).toBe(1);
  });

  it("notices a line that died silently", async () => {
    await world.live();
    world.timers.turn(10_000);
    expect(world.line.phase).not.toBe("live");
    expect(world.phases).toContain("waiting");
  });

  it("resumes when an event is missing", async () => {
    await world.live();
    world.frame(9, [{ type: "reacted", participant: "p", reaction: "wave" }]);
    expect(world.line.phase).toBe("waiting");
    expect(world.events).toEqual([]);
  });

  it("ends, and does not come back, when another tab took over", async () => {
    await world.live();
    world.say(0x84, { type: "notice", code: "taken_over", detail: "" }, [1, 0, 0, 0]);
    world.socket.events.closed(4000, "");
    expect(world.line.phase).toBe("ended");
    expect(world.why?.code).toBe("taken_over");
  });

  it("answers every request, also when the line goes", async () => {
    await world.live();
    const asked = world.line.request({ type: "raise_hand", raised: true });
    world.socket.events.closed(1006, "");
    await expect(asked).rejects.toMatchObject({ code: "offline" });
    await expect(world.line.request({ type: "raise_hand", raised: true })).rejects.toMatchObject({ code: "offline" });
  });

  it("gives the number of a change that is durable, and does not offer a drag again", async () => {
    await world.live();
    const asked = world.line.request({ type: "undo" });
    const { id } = decode(world.socket.sent.at(-1)!.subarray(1)) as { id: number };
    world.say(0x82, { type: "applied", id, op_sequence: 8, entity: "t-00112233aabb" });
    expect(await asked).toMatchObject({ type: "applied", op_sequence: 8 });
    const drag = encodeDrag({ position: [0, 1, 0], rotation: [0, 0, 0, 1], scale: 1 }, 1, [0, 0, 0]);
    world.line.drag(drag);
    expect(world.socket.sent.at(-1)).toEqual(drag);
    world.socket.events.closed(1006, "");
    world.line.drag(drag);
    world.timers.turn(1000);
    await world.settle();
    world.socket.events.opened();
    expect(world.hello()).not.toHaveProperty("pose");
  });

  it("hears nothing of an older socket", async () => {
    await world.live();
    const old = world.socket;
    old.events.closed(1006, "");
    world.timers.turn(1000);
    await world.settle();
    await world.live({ resumed: true });
    old.events.closed(1006, "");
    expect(world.line.phase).toBe("live");
  });
});

it("says that the page is out of date", async () => {
  const world = new World();
  world.answer = { ...world.answer, schema: "another" };
  world.line.start();
  await world.settle();
  expect([world.line.phase, world.why?.code]).toEqual(["ended", "out_of_date"]);
});

it("waits as long as it is told, and stops when entering is refused for good", async () => {
  const world = new World();
  world.refusals = [refusal("too_many_requests", "", 9000), refusal("banned")];
  world.line.start();
  await world.settle();
  world.timers.turn(8000);
  await world.settle();
  expect(world.enters.length).toBe(1);
  world.timers.turn(1000);
  await world.settle();
  expect([world.enters.length, world.line.phase, world.why?.code]).toEqual([2, "ended", "banned"]);
});

describe("requests", () => {
  it("time out", async () => {
    const requests = new Requests();
    const asked = requests.begin({ type: "go_safe" }, () => undefined, 0, 100);
    requests.expire(99);
    requests.expire(100);
    await expect(asked).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("events", () => {
  it("come once, in order, or not at all", () => {
    const order = new EventOrder<string>();
    const seen: string[] = [];
    order.start(3);
    order.take(3, ["c", "d"], (event) => seen.push(event));
    order.take(3, ["c", "d", "e"], (event) => seen.push(event));
    expect(() => order.take(7, ["g"], (event) => seen.push(event))).toThrow(EventGap);
    expect([seen, order.last]).toEqual([["c", "d", "e"], 5]);
  });
});

describe("the end of a stay", () => {
  let world: World;
  beforeEach(async () => {
    world = new World();
    world.line.start();
    await world.settle();
    await world.live();
  });
  const notice = (code: string, sequence: number): void =>
    world.say(0x84, { type: "notice", code, detail: "why" }, [sequence, 0, 0, 0]);

  it.each([
    ["taken_over", 4001],
    ["removed", 4003],
    ["banned", 4004],
  ])("by %s is final, even when an event before the last word was missed", async (code, closed) => {
    notice(code, 7);
    world.socket.events.closed(closed, code);
    world.timers.turn(60_000);
    world.line.wake();
    await world.settle();
    expect([world.line.phase, world.why, world.enters.length]).toEqual(["ended", refusal(code, "why"), 1]);
  });

  it("by a logout elsewhere is final too", () => {
    world.socket.events.closed(4002, "session_ended");
    expect([world.line.phase, world.why?.code]).toEqual(["ended", "session_ended"]);
  });

  it("is not a restart: the line says so, waits, enters as who it was, and is live again without being asked", async () => {
    notice("restarting", 1);
    world.socket.events.closed(1012, "restarting");
    expect([world.line.phase, world.why?.code]).toEqual(["waiting", "restarting"]);
    expect(world.why?.retryAfterMs).toBeGreaterThan(0);
    for (let i = 0; i < 4; i++) {
      // Nobody answers while the server is away.
      world.timers.turn(20_000);
      await world.settle();
      world.socket.events.closed(1006, "");
    }
    world.timers.turn(20_000);
    await world.settle();
    world.socket.events.opened();
    world.say(0x82, { type: "failure", id: world.hello().id, code: "gone", message: "" });
    await world.settle();
    world.timers.turn(20_000);
    await world.settle();
    await world.live();
    expect(world.line.phase).toBe("live");
    expect(world.enters.at(-1)).toBe(WELCOME.resume_token);
  });

  it("leaves the way back open to who asks for it", async () => {
    world.socket.events.closed(4003, "removed");
    world.line.wake();
    await world.settle();
    expect(world.enters.length).toBe(1);
    world.line.retry();
    await world.settle();
    expect(world.enters.length).toBe(2);
  });
});
