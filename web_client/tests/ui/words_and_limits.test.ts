// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeActions, fakeState, line, mount, person, type Mounted } from "./fake_hall";
import { plainAddress, plainOf } from "../../src/ui/plain";

let hall: Mounted;

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => ({ ok: false, status: 404 })),
  );
});
afterEach(() => {
  hall?.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const noticed = (): string[] =>
  [...hall.root.querySelectorAll(".notices__house .toast__text")].map((text) => text.textContent ?? "");

describe("notices", () => {
  it("are sentences, with what the library added", async () => {
    hall = await mount();
    hall.state.notices.value = [
      { id: 1, code: "invitation", detail: "Zhou Lan" },
      { id: 2, code: "seat_taken", detail: "" },
      { id: 3, code: "letter", detail: "The desk closes at six." },
    ];
    expect(noticed()).toEqual([
      "Zhou Lan invites you to another room.",
      "Somebody sits there. Take another seat.",
      "A word from the libraryThe desk closes at six.",
    ]);
  });

  it("never show a bare code, nor twice what was said at the place itself", async () => {
    hall = await mount();
    hall.state.notices.value = [
      { id: 1, code: "reported", detail: "" },
      { id: 2, code: "of_a_later_library", detail: "Bring your card." },
    ];
    expect(noticed()).toEqual(["A word from the libraryBring your card."]);
  });
});

describe("endings", () => {
  it.each([
    ["session_ended", "Your visit has ended"],
    ["restarting", "The library restarts"],
    ["taken_over", "You went on in another tab"],
  ])("after %s say what happened", async (code, title) => {
    const state = fakeState();
    state.trouble.value = { code, detail: "", retryAfterMs: null };
    state.phase.value = "closed";
    hall = await mount(state);
    expect(hall.get("#end-title").textContent).toBe(title);
  });

  it("offer the way without the picture where that helps", async () => {
    const state = fakeState();
    state.trouble.value = { code: "load_failed", detail: "", retryAfterMs: null };
    state.phase.value = "failed";
    hall = await mount(state);
    const ways = [...hall.root.querySelectorAll<HTMLAnchorElement>(".end__card a")].map((way) =>
      way.getAttribute("href"),
    );
    expect(ways).toEqual([expect.stringContaining("render=off"), "/"]);
  });
});

describe("limits", () => {
  it("are the room's own for what is said", async () => {
    const state = fakeState();
    state.pacing.value = {
      tick_hz: 20,
      pose_hz: 20,
      chat_chars: 12,
      chats_per_minute: 30,
      hearing_metres: 12,
      resume_window_ms: 60_000,
      lease_ms: 10_000,
    };
    hall = await mount(state);
    hall.get("#dock-chat").click();
    const box = hall.get("#chat-message") as HTMLInputElement;
    box.value = "Words that run on";
    box.dispatchEvent(new Event("input"));
    expect(hall.get("#chat-problem").textContent).toBe("5 characters too many. Shorten it a little.");
    hall.get(".say").dispatchEvent(new Event("submit", { cancelable: true }));
    expect(hall.actions.say).not.toHaveBeenCalled();
    box.value = "书".repeat(12);
    box.dispatchEvent(new Event("input"));
    expect(hall.get("#chat-problem").textContent).toBe("0 characters left");
  });
});

describe("the last words", () => {
  it("stand as a caption while the chat is closed, and go by themselves", async () => {
    const other = person("p2", "Zhou Lan");
    hall = await mount();
    vi.useFakeTimers();
    hall.state.chat.value = [line(1, other, "The tables are free.")];
    const caption = hall.get(".caps");
    expect(caption.hidden).toBe(false);
    expect(caption.textContent).toBe("Zhou LanThe tables are free.");
    vi.runAllTimers();
    expect(caption.hidden).toBe(true);
  });
});

describe("pairing", () => {
  it("shows the code, the address, and the address as a picture", async () => {
    const actions = fakeActions();
    actions.pairingCode.mockResolvedValue({
      code: "K7MPQ2",
      url: "http://library.example/h",
      expiresMs: Date.now() + 60_000,
      svg: '<svg viewBox="0 0 5 5"><path stroke="#000" d="M0 .5h3"/></svg>',
    });
    const state = fakeState();
    hall = await mount(state, actions);
    hall.get("#open-headset").click();
    hall.get(".headset > .btn:last-child").click();
    await vi.waitFor(() => hall.get(".pairing .code"));
    expect(hall.get(".pairing__qr").getAttribute("aria-label")).toBe("QR code of the address");
    expect(hall.get(".pairing .mono").textContent).toBe("http://library.example/h");
  });
});

describe("the plain page", () => {
  it("is the same hall, with what else was asked for", () => {
    expect(plainAddress({ pathname: "/halls/great-hall", search: "" })).toBe("/halls/great-hall?render=off");
    expect(plainAddress({ pathname: "/halls/x", search: "?place=desk&render=off" }, true)).toBe("/halls/x?place=desk");
  });

  it("is shown where nothing can be drawn or nobody wants it", () => {
    expect(plainOf("no_webgl", "")).toBe("no_webgl");
    expect(plainOf(undefined, "?render=off")).toBe("chosen");
    expect(plainOf("offline", "?quality=low")).toBe(false);
  });

  it("says that the mirror holds a drawing", async () => {
    const state = fakeState();
    state.phase.value = "choosing";
    state.trouble.value = { code: "no_webgl", detail: "", retryAfterMs: null };
    hall = await mount(state);
    expect(hall.get(".enter__mirror p").textContent).toBe("A sketch in your colours.");
  });
});
