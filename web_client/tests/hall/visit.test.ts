// @vitest-environment happy-dom
/** A whole visit over a line that says what it is told to say: the hall's phases and what the person reads. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeState } from "../../src/hall/store";
import type { HallState } from "../../src/hall/state";
import { Visit } from "../../src/hall/visit";
import type { Welcome } from "../../src/net/protocol.gen";
import { refusal, type Refusal } from "../../src/net/requests";
import { recall } from "../../src/net/resume_store";
import type { LinePhase } from "../../src/net/room_line";
import type { FromWorker, ToWorker } from "../../src/net/worker_messages";

vi.mock("../../src/net/library_channel", () => ({
  LibraryChannel: class {
    dispose(): void {}
  },
}));

/** Stands where the room's worker would be. */
class Line {
  static last: Line;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  readonly heard: ToWorker[] = [];
  constructor() {
    Line.last = this;
  }
  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }
  terminate(): void {}
  say(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
  phase(phase: LinePhase, why: Refusal | null = null): void {
    this.say({ say: "phase", phase, why, transport: "websocket" });
  }
  notice(code: string, detail = ""): void {
    this.say({ say: "private", event: { type: "notice", code, detail } as never });
  }
  get starts(): number {
    return this.heard.filter((message) => message.do === "start").length;
  }
}

const ME = { participant: "me", slot: 0, name: "Me", role: "guest", look: {} };
const WELCOME = {
  type: "welcome",
  id: 1,
  resumed: false,
  participant: "me",
  slot: 0,
  resume_token: "token",
  space: { room: "great-hall", origin: [0, 0, 0] },
  pacing: { pose_hz: 20, tick_hz: 20 },
  position: [1, 0, 2],
  heading: 0,
  room_ms: 0,
  epoch_ms: 0,
  permissions: [],
  people: [ME],
} as unknown as Welcome;

let state: HallState;
let visit: Visit;
let line: Line;

async function walkIn(): Promise<void> {
  const entered = visit.enter("Me", null);
  line.say({ say: "welcome", welcome: WELCOME });
  line.phase("live");
  await entered;
}

beforeEach(async () => {
  vi.stubGlobal("Worker", Line);
  sessionStorage.clear();
  state = makeState("en");
  visit = new Visit("great-hall", state, {
    came: () => undefined,
    changed: () => undefined,
    went: () => undefined,
    welcomed: async () => undefined,
    arranged: () => undefined,
    drag: () => undefined,
    moved: () => undefined,
    reacted: () => undefined,
  });
  line = Line.last;
  await walkIn();
});
afterEach(() => {
  visit.dispose();
  vi.unstubAllGlobals();
});

describe("a visit", () => {
  it("stands in the hall, and a reload would come back", () => {
    expect(state.phase.value).toBe("present");
    expect(recall("great-hall")?.token).toBe("token");
  });

  it("reconnects through a restart and is back without a click", () => {
    line.notice("restarting");
    line.phase("waiting", refusal("restarting", "", 500));
    expect([state.phase.value, state.trouble.value?.code]).toEqual(["reconnecting", "restarting"]);
    for (const phase of ["opening", "waiting", "entering", "opening", "greeting"] as const) line.phase(phase);
    expect(state.phase.value).toBe("reconnecting");
    line.say({ say: "welcome", welcome: { ...WELCOME, resumed: false, resume_token: "next" } });
    line.phase("live");
    expect([state.phase.value, state.trouble.value]).toEqual(["present", null]);
    expect(line.starts).toBe(1);
  });

  it.each(["removed", "banned", "session_ended"])("closes when %s, and a reload asks before entering", (code) => {
    line.notice(code, "Be kind.");
    line.phase("ended", refusal(code, "Be kind."));
    expect(state.phase.value).toBe("closed");
    expect(state.trouble.value).toMatchObject({ code, detail: "Be kind." });
    expect(recall("great-hall")).toBeNull();
    expect(line.starts).toBe(1);
  });

  it("closes when another tab took over", () => {
    line.notice("taken_over");
    line.phase("ended", refusal("taken_over"));
    expect([state.phase.value, state.trouble.value?.code]).toEqual(["closed", "taken_over"]);
  });

  it.each(["warned", "muted"])("goes on when %s, with the house's words", (code) => {
    line.notice(code, "Please be quieter.");
    expect(state.phase.value).toBe("present");
    expect(state.notices.value.at(-1)).toMatchObject({ code, detail: "Please be quieter." });
  });
});

it("fails when the room refuses the first entry", async () => {
  const fresh = makeState("en");
  const other = new Visit("great-hall", fresh, {
    came: () => undefined,
    changed: () => undefined,
    went: () => undefined,
    welcomed: async () => undefined,
    arranged: () => undefined,
    drag: () => undefined,
    moved: () => undefined,
    reacted: () => undefined,
  });
  const entered = other.enter("Me", null);
  Line.last.phase("ended", refusal("room_full", "", 5000));
  await expect(entered).rejects.toMatchObject({ code: "room_full", retryAfterMs: 5000 });
  expect(fresh.phase.value).toBe("failed");
});
