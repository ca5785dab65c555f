/** The lines of talk of this visit, newest last, bounded. Nothing is kept when the page goes. */
import type { Said } from "../net/protocol.gen";
import type { People } from "./people";
import { Signal } from "./signal";
import type { ChatLine } from "./state";

const MOST_LINES = 300;

export class Chat {
  readonly lines = new Signal<readonly ChatLine[]>([]);
  #next = 1;

  /** A line as it came; `epoch_ms` makes the room's time a time of day. */
  add(said: Said, people: People, epoch_ms: number): void {
    const own = people.self.value?.participant === said.participant;
    if (!own && people.silent(said.participant)) return;
    const line: ChatLine = {
      id: this.#next++,
      scope: said.scope,
      from: said.participant,
      name: said.name,
      role: people.get(said.participant)?.role ?? "guest",
      own,
      to: said.to ?? null,
      text: said.text,
      at: new Date(epoch_ms + said.room_ms),
    };
    this.lines.value = [...this.lines.value.slice(1 - MOST_LINES), line];
  }

  /** After a fresh welcome: what the room remembers replaces what we had. */
  restart(said: readonly Said[], people: People, epoch_ms: number): void {
    this.lines.value = this.lines.value.filter((line) => line.scope === "direct");
    for (const one of said) this.add(one, people, epoch_ms);
  }

  /** Somebody was blocked: their words go too. */
  forget(participant: string): void {
    this.lines.value = this.lines.value.filter((line) => line.from !== participant);
  }
}
