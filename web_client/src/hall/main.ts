/** The hall's page: puts visit, world, headset and interface together. The only place where all of them meet. */
import { Editor } from "../editor/editor";
import { recall } from "../net/resume_store";
import type { Welcome } from "../net/protocol.gen";
import { chooseQuality, hasWebGl } from "../world/stage";
import { World } from "../world/world";
import { Headset } from "../xr/headset";
import { mountUi } from "../ui/mount";
import { recallSettings } from "../ui/settings_store";
import { makeActions } from "./actions";
import { Cleanup } from "./signal";
import type { HallActions, HallState } from "./state";
import { makeState } from "./store";
import { publishHook } from "./test_hook";
import { Visit } from "./visit";

const KEEP_MS = 1000;

interface Page {
  root: HTMLElement;
  room: string;
  /** Address of the room's scene document, so that loading may begin before entering. */
  scene: string | null;
  language: string;
  /** `?quality=low|high`, `?render=off`, `?place=<id>`, `?enter=1` */
  query: URLSearchParams;
}

function readPage(): Page {
  const { room, language, scene, picture } = document.body.dataset;
  if (picture) document.documentElement.style.setProperty("--hall-picture", `url("${picture}")`);
  const root = document.getElementById("hall");
  if (!root || !room) throw new Error("this page has no hall");
  return {
    root,
    room,
    scene: scene || null,
    language: language ?? document.documentElement.lang ?? "en",
    query: new URLSearchParams(location.search),
  };
}

class HallPage {
  readonly #page: Page;
  readonly #state: HallState;
  readonly #visit: Visit;
  readonly #world: World;
  readonly #editor: Editor;
  readonly #headset: Headset | null;
  readonly #actions: HallActions;
  readonly #cleanup = new Cleanup();
  readonly #loads = new Map<string, { done: number; total: number }>();
  #loaded = false;

  constructor(page: Page) {
    this.#page = page;
    this.#state = makeState(page.language);
    // Before the interface is there, for the stage is made once and by the quality that a person chose.
    this.#state.settings.value = recallSettings(this.#state.settings.value);
    this.#visit = new Visit(page.room, this.#state, {
      came: (person) => this.#world.came(person),
      changed: (person) => this.#world.changed(person),
      went: (person) => this.#world.went(person),
      welcomed: (welcome) => this.#welcomed(welcome),
      moved: ({ position, heading }) => this.#world.place(position, heading),
      arranged: (event) => this.#world.arranged(event),
      drag: (drag, room_ms) => this.#world.things.drag(drag, room_ms),
      reacted: ({ participant, reaction }) => {
        const person = this.#visit.people.get(participant);
        if (person) this.#world.reacted(person.slot, reaction);
      },
    });
    this.#world = this.#makeWorld();
    this.#editor = new Editor(this.#world, this.#state, this.#visit.channel);
    this.#headset = this.#world.stage.renderer
      ? new Headset(this.#world, this.#state, () => this.#actions, this.#visit, this.#editor)
      : null;
    const door = { enter: async () => this.#headset?.enter() };
    this.#actions = makeActions(this.#state, this.#visit, this.#world, door, this.#editor);
    publishHook(this.#state, this.#visit, this.#world);
  }

  #makeWorld(): World {
    const { root, query } = this.#page;
    const wanted = query.get("render") !== "off";
    const draws = wanted && hasWebGl();
    // Without a picture one is there all the same: body, places and seats stand in the lists.
    if (wanted && !draws) this.#state.trouble.value = { code: "no_webgl", detail: "", retryAfterMs: null };
    const asked = query.get("quality");
    const chosen = this.#state.settings.value.quality;
    const quality = chooseQuality(asked, chosen);
    const guessed = asked === null && chosen === "auto";
    return new World(root, { quality, draws, guessed }, this.#state, {
      jumped: () => this.#visit.channel.jump(),
      notice: (code, detail) => this.#visit.notice(code, detail),
      passed: (room) => location.assign(`/halls/${encodeURIComponent(room)}`),
    });
  }

  async #welcomed(welcome: Welcome): Promise<void> {
    const world = this.#world;
    world.welcomed(welcome);
    this.#editor.welcomed(welcome);
    if (!welcome.resumed) world.place(welcome.position, welcome.heading);
    if (this.#loaded) return;
    await world.load(welcome, (key, done, total) => this.#progress(key, done, total));
    world.place(welcome.position, welcome.heading);
    this.#loaded = true;
    const asked = this.#state.places.value.find(({ id }) => id === this.#page.query.get("place"));
    if (asked) world.goTo(asked);
  }

  /** Several files come at once: what is shown is their sum. */
  #progress(key: string, done: number, total: number): void {
    this.#loads.set(key, { done, total });
    let sum = 0;
    let whole = 0;
    for (const load of this.#loads.values()) {
      sum += load.done;
      whole += Math.max(load.total, load.done);
    }
    this.#state.load.value = { key, done: sum, total: whole };
  }

  start(): void {
    const { root, room, scene, query } = this.#page;
    const world = this.#world;
    if (scene) world.prepare(scene);
    this.#cleanup.add(mountUi(root, this.#state, this.#actions));
    world.stage.run((dt, now_ms, frame) => world.update(dt, now_ms, frame, this.#visit.channel));
    const keep = window.setInterval(() => this.#keep(world), KEEP_MS);
    this.#cleanup.add(() => clearInterval(keep));
    this.#cleanup.listen(window, "pagehide", () => this.#keep(world));
    this.#cleanup.listen(window, "online", () => this.#visit.channel.wake());
    // Who reloads the page comes back without being asked again.
    if (recall(room) || query.get("enter") === "1") void this.#enter();
  }

  #keep(world: World): void {
    if (this.#state.phase.value === "present") this.#visit.keep(world.walker.feet.toArray(), world.walker.heading);
  }

  async #enter(): Promise<void> {
    // What went wrong stands in `state.trouble`, where the interface shows it.
    await this.#visit.enter(null, null).catch(() => undefined);
  }
}

new HallPage(readPage()).start();
