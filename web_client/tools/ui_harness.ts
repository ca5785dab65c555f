/**
 * The interface without a server: ui_harness.html?state=hall&panel=chat&lang=zh&theme=dark&contrast=more.
 * States: enter, loading, hall, first, lost, notice, flat, failed:<code>, closed:<code>. The people and words are made up here.
 */
import { makeArrangeState } from "../src/editor/store";
import { Signal } from "../src/hall/signal";
import type { Actionable, ChatLine, HallActions, HallState, Participant, Phase } from "../src/hall/state";
import { mountUi } from "../src/ui/mount";
import { PANELS, type PanelName } from "../src/ui/context";

const query = new URLSearchParams(location.search);
const [name = "hall", code = ""] = (query.get("state") ?? "hall").split(":");
const PHASES: Record<string, Phase> = {
  enter: "choosing",
  loading: "loading",
  lost: "reconnecting",
  failed: "failed",
  closed: "closed",
};

localStorage.clear();
if (name !== "first") localStorage.setItem("carrel.welcomed", "1");

function person(
  participant: string,
  name_: string,
  role: Participant["role"],
  more: Partial<Participant> = {},
): Participant {
  return {
    participant,
    slot: 1,
    name: name_,
    role,
    look: {},
    away: false,
    hand_raised: false,
    muted: false,
    self: false,
    blocked: false,
    ...more,
  };
}
const people = [
  person("p1", "Reader 77", query.get("role") === "librarian" ? "librarian" : "reader", { self: true }),
  person("p2", "Zhou Lan", "librarian"),
  person("p3", "Lin Qiao", "reader", { hand_raised: true }),
  person("p4", "Guide", "bot"),
  person("p5", "Mateo", "creator"),
  person("p6", "访客 214", "guest", { away: true }),
  person("p7", "<img src=x onerror=alert(1)>", "guest", { muted: true }),
  ...Array.from({ length: 34 }, (_, index) => person(`q${index}`, `Reader ${index + 20}`, "reader")),
];
const at = (minutes: number): Date => new Date(2026, 4, 4, 11, minutes);
const line = (id: number, from: string, text: string, scope: ChatLine["scope"] = "nearby"): ChatLine => {
  const who = people.find(({ participant }) => participant === from)!;
  return { id, scope, from, name: who.name, role: who.role, own: who.self, to: null, text, at: at(id) };
};
const chat = [
  line(1, "p3", "Is anyone going to the tour at three?"),
  line(2, "p2", "I am leading it. Come a little early and I will show you the type tray."),
  line(3, "p1", "Keep me a place, please."),
  line(4, "p7", "<b>bold</b> https://example.invalid/a-very-long-address-without-any-space-in-it-at-all"),
  line(5, "p2", "下午的导览用中文讲。", "room"),
];
const things: Actionable[] = [
  "Seat at table 1",
  "Seat at table 2",
  "Reference desk",
  "Door to the ancient room",
  "Zhou Lan",
].map((label, index) => ({
  id: `t${index}`,
  role: "button",
  label: () => label,
  act: () => undefined,
  distance: () => index * 3 + 1,
}));

const trouble = code
  ? { code, detail: "Flooding the room with advertisements.", retryAfterMs: code === "room_full" ? 12_000 : null }
  : null;
const state: HallState = {
  phase: new Signal<Phase>(PHASES[name] ?? "present"),
  load: new Signal<HallState["load"]["value"]>({ key: "hall.loading.walls", done: 2_800_000, total: 4_400_000 }),
  trouble: new Signal(
    name === "flat"
      ? { code: "no_webgl", detail: "", retryAfterMs: null }
      : name === "lost"
        ? { code: "offline", detail: "", retryAfterMs: 8000 }
        : trouble,
  ),
  roomTitle: new Signal<Record<string, string>>({ en: "The Great Hall", zh: "大厅" }),
  self: new Signal<Participant | null>(people[0]!),
  people: new Signal<readonly Participant[]>(people),
  chat: new Signal<readonly ChatLine[]>([]),
  notices: new Signal<HallState["notices"]["value"]>(
    name === "notice"
      ? [
          { id: 1, code: "warned", detail: "Please keep your voice down near the reading tables." },
          { id: 2, code: "restarting", detail: "" },
        ]
      : [],
  ),
  places: new Signal<HallState["places"]["value"]>(
    [
      ["Entrance", "入口"],
      ["Reference desk", "参考咨询台"],
      ["Reading tables", "阅览桌"],
      ["Gallery", "回廊"],
    ].map(([en, zh], index) => ({
      id: `place${index}`,
      name: { en: en!, zh: zh! },
      position: [0, 0, index] as const,
      heading: 0,
    })),
  ),
  pacing: new Signal<HallState["pacing"]["value"]>(null),
  permissions: new Signal<readonly string[]>(
    query.get("role") === "librarian"
      ? ["chat", "report", "direct_to_staff", "direct_to_readers", "moderate", "ban", "ban_forever"]
      : ["chat", "report", "direct_to_staff"],
  ),
  settings: new Signal<HallState["settings"]["value"]>({
    language: query.get("lang") ?? "en",
    quality: "auto",
    contrast: (query.get("contrast") ?? "auto") as "auto",
    theme: (query.get("theme") ?? "auto") as "auto",
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
  headset: new Signal<HallState["headset"]["value"]>((query.get("headset") ?? "available") as "available"),
  seated: new Signal(query.has("seated")),
  where: new Signal({ x: 0.4, z: -9, heading: 0.4 }),
  whereabouts: new Signal<HallState["whereabouts"]["value"]>(
    new Map(
      people
        .slice(1, 20)
        .map(({ participant }, index) => [
          participant,
          { x: Math.sin(index * 2.4) * 4.2, z: Math.cos(index * 1.7) * 13 - 15 },
        ]),
    ),
  ),
  actionables: new Signal<readonly Actionable[]>(things),
  focused: new Signal<Actionable | null>(null),
  plan: new Signal<HallState["plan"]["value"]>({
    url: "/gltf/halls/great_hall.plan.svg",
    min: [-6, -33.1],
    max: [6, 0.5],
  }),
  arrange: makeArrangeState(),
};

const QR =
  '<svg viewBox="0 0 35 35" class="segno"><path class="qrline" stroke="#000" d="M3 3.5h7m4 0h2m2 0h2m1 0h1m3 0h7m-29 1h1m5 0h1m1 0h1m3 0h2m1 0h1m3 0h1m2 0h1m5 0h1m-29 1h1m1 0h3m1 0h1m3 0h3m3 0h1m1 0h1m1 0h1m1 0h1m1 0h3m1 0h1m-29 1h1m1 0h3m1 0h1m1 0h7m2 0h1m1 0h2m1 0h1m1 0h3m1 0h1m-29 1h1m1 0h3m1 0h1m1 0h1m1 0h3m1 0h1m3 0h2m2 0h1m1 0h3m1 0h1m-29 1h1m5 0h1m3 0h2m2 0h1m1 0h3m3 0h1m5 0h1m-29 1h7m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h7m-21 1h1m3 0h1m1 0h1m3 0h2m-19 1h1m1 0h4m1 0h1m1 0h1m1 0h1m2 0h1m2 0h1m2 0h2m1 0h2m1 0h1m-28 1h3m2 0h1m3 0h1m2 0h1m1 0h2m1 0h5m2 0h2m1 0h1m-26 1h1m3 0h1m1 0h4m10 0h2m1 0h2m-26 1h1m1 0h3m1 0h2m1 0h2m5 0h1m1 0h1m1 0h1m1 0h1m1 0h1m2 0h1m-26 1h1m2 0h2m3 0h2m1 0h1m1 0h1m2 0h5m3 0h1m-28 1h2m1 0h1m4 0h1m1 0h1m1 0h2m2 0h1m5 0h1m1 0h1m1 0h1m1 0h1m-29 1h2m1 0h1m1 0h3m1 0h1m2 0h1m1 0h2m2 0h4m3 0h1m2 0h1m-27 1h1m2 0h1m4 0h2m4 0h1m1 0h1m1 0h1m1 0h1m2 0h4m-27 1h1m1 0h1m1 0h1m3 0h3m1 0h2m1 0h3m1 0h1m3 0h1m1 0h1m-28 1h6m1 0h1m1 0h1m2 0h2m3 0h3m1 0h1m1 0h2m-25 1h2m2 0h3m4 0h3m2 0h1m2 0h2m3 0h3m1 0h1m-29 1h2m5 0h2m3 0h5m2 0h1m1 0h4m1 0h1m-27 1h2m2 0h1m1 0h5m2 0h2m2 0h10m-19 1h1m1 0h3m1 0h2m1 0h2m1 0h1m3 0h3m-27 1h7m2 0h1m3 0h1m1 0h2m2 0h2m1 0h1m1 0h1m1 0h1m-27 1h1m5 0h1m1 0h1m2 0h3m4 0h3m3 0h2m2 0h1m-29 1h1m1 0h3m1 0h1m1 0h1m1 0h1m2 0h3m1 0h1m1 0h6m2 0h1m-28 1h1m1 0h3m1 0h1m1 0h1m5 0h1m2 0h2m2 0h1m1 0h1m3 0h1m-28 1h1m1 0h3m1 0h1m3 0h1m3 0h2m1 0h1m6 0h2m1 0h2m-29 1h1m5 0h1m1 0h1m1 0h1m5 0h1m1 0h2m1 0h2m1 0h3m1 0h1m-29 1h7m2 0h1m2 0h1m1 0h2m4 0h2m1 0h2"/></svg>';
const refuse = (): Promise<never> => Promise.reject({ code: "too_many_requests", detail: "", retryAfterMs: 6000 });
const fine = (): Promise<void> => Promise.resolve();
const actions: HallActions = {
  enter: async () => void (state.phase.value = "present"),
  leave: fine,
  retry: () => undefined,
  say: query.has("refuse")
    ? refuse
    : async (scope, text) =>
        void (state.chat.value = [...state.chat.value, { ...line(10 + state.chat.value.length, "p1", text, scope) }]),
  react: fine,
  raiseHand: async (hand_raised) => void (state.self.value = { ...state.self.value!, hand_raised }),
  setAway: fine,
  setLook: fine,
  mute: fine,
  block: fine,
  report: fine,
  moderate: fine,
  goSafe: fine,
  goTo: () => undefined,
  stand: () => (state.seated.value = false),
  enterHeadset: fine,
  arrange: {
    open: (on) => (state.arrange.on.value = on),
    here: () => [],
    library: async () => [],
    works: async () => [],
    take: () => undefined,
    putDown: fine,
    cancel: () => false,
    choose: () => undefined,
    step: () => undefined,
    set: () => undefined,
    duplicate: fine,
    caption: fine,
    remove: fine,
    undo: fine,
    redo: fine,
    upload: () => undefined,
    dropUpload: () => undefined,
    history: refuse,
    view: fine,
    restore: fine,
    handle: () => undefined,
  },
  pairingCode: async () => ({
    code: "K7MPQ2",
    url: "http://willow.example:8443/h",
    expiresMs: Date.now() + 300_000,
    svg: QR,
  }),
};

state.arrange.rights.value = { place: true, change: "own", restore: false };
const root = document.getElementById("hall")!;
if (name !== "flat") root.style.background = "center / cover var(--hall-picture)";
mountUi(root, state, actions);

const ready = new MutationObserver(() => {
  if (!root.querySelector(".hall-ui")?.firstElementChild) return;
  ready.disconnect();
  state.chat.value = chat;
  const panel = query.get("panel");
  if (panel && PANELS.includes(panel as PanelName)) {
    const opener: Record<string, string> = {
      settings: "#open-settings",
      headset: "#open-headset",
      goto: "#dock-go_to",
      help: "#dock-moving",
      reactions: "#dock-react",
    };
    root.querySelector<HTMLElement>(opener[panel] ?? `#dock-${panel}`)?.click();
  }
  const click = query.get("click");
  for (const label of click?.split(",") ?? []) root.querySelector<HTMLElement>(label)?.click();
  document.body.dataset["ready"] = "yes";
});
ready.observe(root, { childList: true, subtree: true });
