/** A visit to a room: what the room channel and the library channel say becomes the hall's state. Knows nothing of drawing. */
import type { Entry } from "../net/enter";
import { LibraryChannel } from "../net/library_channel";
import type { Drag } from "../net/drag";
import type {
  Grabbed,
  Letter,
  Look,
  Operated,
  PrivateEvent,
  Reacted,
  Released,
  SharedEvent,
  Welcome,
} from "../net/protocol.gen";
import { isRefusal, refusal, type Refusal } from "../net/requests";
import { recall, remember } from "../net/resume_store";
import { RoomChannel } from "../net/room_channel";
import type { LinePhase } from "../net/room_line";
import { Chat } from "./chat";
import { People, type PeopleListener } from "./people";
import type { HallState, Trouble } from "./state";

export interface VisitListener extends PeopleListener {
  /** `fresh` when nothing known before still holds. Ends when the world stands. */
  welcomed(welcome: Welcome, fresh: boolean): Promise<void>;
  moved(event: Extract<PrivateEvent, { type: "moved" }>): void;
  reacted(event: Reacted): void;
  /** Something that people have placed here is another, or somebody holds it or has let it go. */
  arranged(event: Operated | Grabbed | Released): void;
  drag(drag: Drag, room_ms: number): void;
}

const MOST_NOTICES = 20;
/** Ends after which a reload must not walk in by itself: the person is asked again. */
const FORGETS: ReadonlySet<string> = new Set(["removed", "banned", "session_ended"]);

export class Visit {
  readonly channel: RoomChannel;
  readonly people: People;
  readonly #chat = new Chat();
  readonly #state: HallState;
  readonly #listener: VisitListener;
  readonly #room: string;
  #library: LibraryChannel | null = null;
  #welcome: Welcome | null = null;
  #entry: Entry | null = null;
  #notice = 0;
  #entered: { resolve: () => void; reject: (trouble: Trouble) => void } | null = null;

  constructor(room: string, state: HallState, listener: VisitListener) {
    this.#room = room;
    this.#state = state;
    this.#listener = listener;
    this.people = new People(listener);
    this.people.list.watch((people) => (state.people.value = people));
    this.people.self.watch((self) => (state.self.value = self));
    this.#chat.lines.watch((lines) => (state.chat.value = lines));
    this.channel = new RoomChannel({
      phase: (phase, why) => this.#phase(phase, why),
      welcome: (welcome) => void this.#welcomed(welcome),
      event: (event) => this.#event(event),
      privately: (event) => this.#private(event),
      drag: (drag, room_ms) => listener.drag(drag, room_ms),
    });
  }

  get welcome(): Welcome | null {
    return this.#welcome;
  }

  /** Ends when the person stands in the hall; rejects with a Trouble. */
  enter(name: string | null, look: Look | null): Promise<void> {
    this.#state.phase.value = "loading";
    this.#state.trouble.value = null;
    const before = recall(this.#room);
    this.#entry = {
      origin: location.origin,
      room: this.#room,
      language: this.#state.settings.value.language,
      name: name ?? before?.name ?? null,
      look: look ?? before?.look ?? null,
    };
    return new Promise((resolve, reject) => {
      this.#entered = { resolve, reject };
      this.channel.start(this.#entry!, before?.token ?? null);
    });
  }

  async leave(): Promise<void> {
    await this.channel.leave();
    remember(this.#room, null);
    this.#library?.dispose();
    this.#library = null;
    this.#state.phase.value = "closed";
  }

  dispose(): void {
    this.channel.dispose();
    this.#library?.dispose();
  }

  notice(code: string, detail = ""): void {
    const { notices } = this.#state;
    notices.value = [...notices.value.slice(1 - MOST_NOTICES), { id: ++this.#notice, code, detail }];
  }

  /** Keeps where one stands, for a reload. */
  keep(position: readonly [number, number, number], heading: number): void {
    if (!this.#welcome || !this.#entry) return;
    remember(this.#room, {
      token: this.#welcome.resume_token,
      name: this.#entry.name,
      look: this.#entry.look,
      position: [...position],
      heading,
    });
  }

  #phase(phase: LinePhase, why: Refusal | null): void {
    const state = this.#state;
    if (phase === "waiting" || phase === "ended") state.trouble.value = why && trouble(why);
    if (phase === "live") state.trouble.value = null;
    if (phase === "ended") this.#ended(why ?? refusal("offline"));
    else if (this.#welcome && phase !== "live" && state.phase.value === "present") state.phase.value = "reconnecting";
    else if (phase === "live" && state.phase.value === "reconnecting") state.phase.value = "present";
  }

  #ended(why: Refusal): void {
    if (why.code === "left") return;
    if (FORGETS.has(why.code)) remember(this.#room, null);
    this.#state.phase.value = this.#welcome ? "closed" : "failed";
    this.#entered?.reject(trouble(why));
    this.#entered = null;
  }

  async #welcomed(welcome: Welcome): Promise<void> {
    const first = this.#welcome === null;
    this.#welcome = welcome;
    this.#state.permissions.value = welcome.permissions;
    this.#state.pacing.value = welcome.pacing;
    this.people.welcome(welcome);
    if (!welcome.resumed) this.#chat.restart(welcome.chat ?? [], this.people, welcome.epoch_ms);
    if (first) this.#openLibrary();
    try {
      await this.#listener.welcomed(welcome, first);
    } catch (error) {
      const why = isRefusal(error) ? trouble(error) : trouble(refusal("load_failed", String(error)));
      this.#state.trouble.value = why;
      this.#state.phase.value = "failed";
      this.#entered?.reject(why);
      this.#entered = null;
      return;
    }
    this.keep(welcome.position, welcome.heading);
    this.#state.load.value = null;
    this.#state.phase.value = this.channel.phase === "live" ? "present" : "reconnecting";
    this.#entered?.resolve();
    this.#entered = null;
  }

  #openLibrary(): void {
    this.#library = new LibraryChannel(location.origin, {
      letter: (letter) => this.#letter(letter),
      connected: () => undefined,
    });
  }

  #letter(letter: Letter): void {
    if (letter.sender && this.people.silent(letter.sender)) return;
    if (letter.kind === "direct" && letter.sender && !this.people.get(letter.sender))
      this.#chat.add(
        {
          participant: letter.sender,
          name: letter.sender_name,
          scope: "direct",
          text: letter.text,
          room_ms: (letter.sent_unix_ms ?? Date.now()) - (this.#welcome?.epoch_ms ?? 0),
        } as Parameters<Chat["add"]>[0],
        this.people,
        this.#welcome?.epoch_ms ?? 0,
      );
    else if (letter.kind === "invitation") this.notice("invitation", letter.sender_name);
    else if (letter.kind === "notice") this.notice("letter", letter.text);
  }

  #event(event: SharedEvent): void {
    if (event.type === "said") this.#chat.add(event, this.people, this.#welcome?.epoch_ms ?? 0);
    else if (event.type === "reacted") this.#listener.reacted(event);
    else if (event.type === "operated" || event.type === "grabbed" || event.type === "released")
      this.#listener.arranged(event);
    else this.people.event(event);
  }

  #private(event: PrivateEvent): void {
    switch (event.type) {
      case "said":
        return this.#chat.add(event, this.people, this.#welcome?.epoch_ms ?? 0);
      case "moved":
        return this.#listener.moved(event);
      case "notice":
        return this.notice(event.code, event.detail ?? "");
      case "preference":
        this.people.preference(event);
        if (event.blocked) this.#chat.forget(event.participant);
    }
  }

  /** Somewhere in the library, in this room or not. */
  async direct(to: string, text: string): Promise<void> {
    if (this.people.get(to)) {
      await this.channel.request({ type: "say", scope: "direct", text, to });
      return;
    }
    if (!this.#library) throw trouble(refusal("offline"));
    return this.#library.direct(to, text);
  }
}

export function trouble(why: Refusal): Trouble {
  return { code: why.code, detail: why.detail, retryAfterMs: why.retryAfterMs };
}
