// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeActions, fakeState, line, mount, person, type Mounted } from "./fake_hall";

const EVIL = '<img src=x onerror="alert(1)">';
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

describe("panels", () => {
  it("open by button and key, close by Escape, and give the focus back", async () => {
    hall = await mount();
    const chat = hall.get("#dock-chat");
    chat.focus();
    chat.click();
    expect(document.activeElement?.id).toBe("chat-message");
    expect(chat.getAttribute("aria-expanded")).toBe("true");
    hall.press("Escape", { on: document.activeElement! });
    expect(hall.root.querySelector("#panel")).toBeNull();
    expect(document.activeElement).toBe(chat);
    hall.press("KeyP");
    expect(hall.get("#panel-title").textContent).toBe("People, 1");
  });

  it("follow changed keys and leave the old one alone", async () => {
    hall = await mount();
    hall.state.settings.value = { ...hall.state.settings.value, keys: { people: "KeyO" } };
    hall.press("KeyP");
    expect(hall.root.querySelector("#panel")).toBeNull();
    hall.press("KeyO");
    expect(hall.root.querySelector("#panel")).not.toBeNull();
  });

  it("do not take keys from somebody who writes", async () => {
    hall = await mount();
    hall.press("Enter");
    hall.press("KeyP", { on: hall.get("#chat-message") });
    expect(hall.get("#panel-title").textContent).toBe("Chat");
  });

  it("lead to the safe place from anywhere", async () => {
    hall = await mount();
    hall.get("#dock-people").click();
    hall.press("Escape", { key: "Escape", shiftKey: true, on: document.activeElement! });
    expect(hall.actions.goSafe).toHaveBeenCalledOnce();
    expect(hall.root.querySelector("#panel")).toBeNull();
  });

  it("are reached region by region", async () => {
    hall = await mount();
    hall.press("F6");
    const first = document.activeElement?.closest("[data-region]");
    hall.press("F6");
    expect(document.activeElement?.closest("[data-region]")).not.toBe(first);
  });
});

describe("chat", () => {
  const other = person("p2", EVIL);

  it("counts what is unread, shows it as text, and forgets the count when opened", async () => {
    hall = await mount();
    hall.state.people.value = [...hall.state.people.value, other];
    hall.state.chat.value = [line(1, other, EVIL)];
    expect(hall.get("#dock-chat .count").textContent).toContain("1 new message");
    expect(hall.get('[role="log"]').textContent).toContain(EVIL);
    hall.get("#dock-chat").click();
    expect(hall.get("#dock-chat .count").hidden).toBe(true);
    expect(hall.get(".msg__text").textContent).toBe(EVIL);
    expect(hall.get(".msg__who").textContent).toContain(EVIL);
    expect(hall.root.querySelector("img")).toBeNull();
  });

  it("says it in words when refused and gives the words back", async () => {
    const actions = fakeActions();
    actions.say.mockRejectedValueOnce({ code: "too_many_requests", detail: "", retryAfterMs: 5500 });
    hall = await mount(fakeState(), actions);
    hall.get("#dock-chat").click();
    const box = hall.get("#chat-message") as HTMLInputElement;
    box.value = "Good morning";
    box.dispatchEvent(new Event("input"));
    hall.get(".chat form").dispatchEvent(new Event("submit", { cancelable: true }));
    await vi.waitFor(() => expect(hall.get(".toast").textContent).toContain("Try again in 6 s"));
    expect(box.value).toBe("Good morning");
    expect(actions.say).toHaveBeenCalledWith("nearby", "Good morning");
  });

  it("offers a guest only staff for letters", async () => {
    hall = await mount();
    hall.state.people.value = [...hall.state.people.value, other, person("p3", "Zhou Lan", { role: "librarian" })];
    hall.get("#dock-chat").click();
    (hall.get('[value="direct"]') as HTMLInputElement).dispatchEvent(new Event("change"));
    const names = [...hall.root.querySelectorAll("#chat-partner option")].map((option) => option.textContent);
    expect(names).toEqual(["Choose somebody", "Zhou Lan"]);
  });
});

describe("people", () => {
  it("shows who comes and goes, and what one may do with them", async () => {
    hall = await mount();
    hall.get("#dock-people").click();
    const lin = person("p2", "Lin Qiao", { hand_raised: true });
    hall.state.people.value = [...hall.state.people.value, lin];
    expect(hall.get(".plist").textContent).toContain("Lin QiaoHand raised");
    hall.get(".plist button").click();
    expect(hall.root.querySelector("#person-moderate")).toBeNull();
    hall.get("#person-mute").click();
    expect(hall.actions.mute).toHaveBeenCalledWith("p2", true);
    hall.state.people.value = [hall.state.people.value[0]!, { ...lin, muted: true }];
    expect(hall.get("#person-mute").textContent).toBe("Hear again");
    hall.state.people.value = [hall.state.people.value[0]!];
    expect(hall.root.querySelector("#person-mute")).toBeNull();
  });

  it("asks a moderator for a reason", async () => {
    const state = fakeState();
    state.permissions.value = ["chat", "report", "moderate"];
    hall = await mount(state);
    state.people.value = [...state.people.value, person("p2", "Lin Qiao")];
    hall.get("#dock-people").click();
    hall.get(".plist button").click();
    hall.get("#person-moderate").click();
    const form = hall.get(".subpage form");
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(hall.actions.moderate).not.toHaveBeenCalled();
    expect(hall.root.querySelector('[value="ban"]')).toBeNull();
    (hall.get("#moderate-reason") as HTMLTextAreaElement).value = "Please be quiet";
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(hall.actions.moderate).toHaveBeenCalledWith("p2", "warn", "Please be quiet", 0);
  });
});

describe("phases", () => {
  it("walks in with a name, or looks around without one", async () => {
    const state = fakeState();
    state.phase.value = "choosing";
    hall = await mount(state);
    (hall.get("#enter-name") as HTMLInputElement).value = " Ada ";
    hall.get(".enter form, form.enter__form").dispatchEvent(new Event("submit", { cancelable: true }));
    expect(hall.actions.enter).toHaveBeenLastCalledWith("Ada", {});
    hall.get(".enter__go .btn:nth-child(2)").click();
    expect(hall.actions.enter).toHaveBeenLastCalledWith(null, {});
    expect(localStorage.getItem("carrel.entry")).toBeNull();
  });

  it("says where one stands while the line is down", async () => {
    hall = await mount();
    expect(hall.get(".lost").hidden).toBe(true);
    hall.state.phase.value = "reconnecting";
    expect(hall.get(".lost").hidden).toBe(false);
    expect(hall.get(".lost").textContent).toContain("You are still where you stood.");
    hall.get(".lost button").click();
    expect(hall.actions.retry).toHaveBeenCalledOnce();
  });

  it("knocks again at a full room when the wait is over", async () => {
    const state = fakeState();
    state.phase.value = "failed";
    state.trouble.value = { code: "room_full", detail: "", retryAfterMs: 500 };
    hall = await mount(state);
    expect(hall.get("h1").textContent).toBe("The hall is full");
    await vi.waitFor(() => expect(hall.actions.retry).toHaveBeenCalledOnce(), { timeout: 4000 });
  });

  it("tells a banned person the reason and offers no door", async () => {
    const state = fakeState();
    state.phase.value = "closed";
    state.trouble.value = { code: "banned", detail: EVIL, retryAfterMs: null };
    hall = await mount(state);
    expect(hall.get(".end__reason").textContent).toContain(EVIL);
    expect(hall.root.querySelector(".end__card .btn--main")).toBeNull();
  });
});

describe("settings", () => {
  it("change the language in place, keep the open panel, and are kept on the device", async () => {
    hall = await mount();
    hall.get("#open-settings").click();
    hall.state.settings.value = { ...hall.state.settings.value, language: "zh", theme: "dark" };
    await vi.waitFor(() => expect(hall.get("#panel-title").textContent).toBe("设置"));
    expect(document.documentElement.lang).toBe("zh-Hans");
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    hall.dispose();
    hall = await mount();
    expect(hall.state.settings.value).toMatchObject({ language: "zh", theme: "dark" });
  });
});

describe("things near", () => {
  it("are real buttons in order of distance and do what the thing does", async () => {
    hall = await mount();
    const act = vi.fn();
    const thing = (id: string, metres: number) => ({
      id,
      role: "button" as const,
      label: () => EVIL + id,
      act,
      distance: () => metres,
    });
    hall.state.actionables.value = [thing("far", 9), thing("near", 2)];
    const buttons = [...hall.root.querySelectorAll<HTMLElement>(".near button")];
    expect(buttons.map(({ textContent }) => textContent)).toEqual([`${EVIL}near, 2 m`, `${EVIL}far, 9 m`]);
    buttons[0]!.focus();
    expect(hall.state.focused.value?.id).toBe("near");
    buttons[0]!.click();
    expect(act).toHaveBeenCalledOnce();
  });
});
