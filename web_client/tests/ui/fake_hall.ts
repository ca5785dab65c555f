/** A hall without a server: real signals, actions that remember what was asked. */
import { vi } from "vitest";
import type { ChatLine, HallActions, HallState, Participant } from "../../src/hall/state";
import { makeArrangeState } from "../../src/editor/store";
import { Signal } from "../../src/hall/signal";
import { mountUi } from "../../src/ui/mount";

export function person(participant: string, name: string, more: Partial<Participant> = {}): Participant {
  return {
    participant,
    slot: 1,
    name,
    role: "reader",
    look: {},
    away: false,
    hand_raised: false,
    muted: false,
    self: false,
    blocked: false,
    ...more,
  };
}

export function line(id: number, from: Participant, text: string, more: Partial<ChatLine> = {}): ChatLine {
  const { participant, name, role, self } = from;
  return { id, scope: "nearby", from: participant, name, role, own: self, to: null, text, at: new Date(0), ...more };
}

export function fakeState(language = "en"): HallState {
  const self = person("me", "Reader 77", { self: true });
  return {
    phase: new Signal<HallState["phase"]["value"]>("present"),
    load: new Signal<HallState["load"]["value"]>(null),
    trouble: new Signal<HallState["trouble"]["value"]>(null),
    roomTitle: new Signal<Record<string, string>>({ en: "The Great Hall", zh: "大厅" }),
    self: new Signal<Participant | null>(self),
    people: new Signal<readonly Participant[]>([self]),
    chat: new Signal<readonly ChatLine[]>([]),
    notices: new Signal<HallState["notices"]["value"]>([]),
    places: new Signal<HallState["places"]["value"]>([]),
    pacing: new Signal<HallState["pacing"]["value"]>(null),
    permissions: new Signal<readonly string[]>(["chat", "report", "direct_to_staff"]),
    settings: new Signal<HallState["settings"]["value"]>({
      language,
      ownAvatars: true,
      quality: "auto",
      contrast: "auto",
      theme: "auto",
      comfort: {
        locomotion: "teleport",
        turn: "snap",
        turnDegrees: 30,
        vignette: true,
        seated: false,
        reducedMotion: false,
        bubbleMetres: 0.8,
        leftHanded: false,
      },
      keys: {},
    }),
    headset: new Signal<HallState["headset"]["value"]>("none"),
    seated: new Signal(false),
    where: new Signal({ x: 0, z: 0, heading: 0 }),
    whereabouts: new Signal<HallState["whereabouts"]["value"]>(new Map()),
    actionables: new Signal<HallState["actionables"]["value"]>([]),
    focused: new Signal<HallState["focused"]["value"]>(null),
    book: new Signal<HallState["book"]["value"]>(null),
    plan: new Signal<HallState["plan"]["value"]>(null),
    arrange: makeArrangeState(),
  };
}

type Spy<Actions> = { [Name in keyof Actions]: Actions[Name] & ReturnType<typeof vi.fn> };
type Spied = Spy<Omit<HallActions, "arrange">> & { arrange: Spy<HallActions["arrange"]> };

export function fakeActions(): Spied {
  const done = (): ReturnType<typeof vi.fn> => vi.fn(async () => undefined);
  const names =
    "enter leave retry say react raiseHand setAway setLook mute block report moderate goSafe goTo stand enterHeadset";
  const made: Record<string, unknown> = Object.fromEntries(names.split(" ").map((name) => [name, done()]));
  made["pairingCode"] = vi.fn(async () => ({
    code: "K7MPQ2",
    url: "http://library.example/h",
    expiresMs: Date.now() + 60_000,
  }));
  const deeds =
    "open here library works take putDown cancel choose step set duplicate caption remove undo redo upload dropUpload history view restore handle";
  made["arrange"] = Object.fromEntries(deeds.split(" ").map((name) => [name, done()]));
  return made as Spied;
}

export interface Mounted {
  root: HTMLElement;
  state: HallState;
  actions: Spied;
  dispose: () => void;
  get(selector: string): HTMLElement;
  press(code: string, more?: KeyboardEventInit & { on?: EventTarget }): void;
}

/** Mounts the interface and ends when its first words stand there. */
export async function mount(state = fakeState(), actions = fakeActions()): Promise<Mounted> {
  localStorage.setItem("carrel.welcomed", "1");
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const dispose = mountUi(root, state, actions);
  await vi.waitFor(() => {
    if (!root.querySelector(".hall-ui")?.firstElementChild) throw new Error("nothing is shown yet");
  });
  const get = (selector: string): HTMLElement => {
    const found = root.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  };
  const press = (
    code: string,
    { on = document.body, ...more }: KeyboardEventInit & { on?: EventTarget } = {},
  ): void => {
    on.dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true, ...more }));
  };
  return { root, state, actions, dispose, get, press };
}
