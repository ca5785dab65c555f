/** Who is here, from the welcome and the events after it. */
import type { Person, PrivateEvent, SharedEvent, Welcome } from "../net/protocol.gen";
import type { Participant } from "./state";
import { Signal } from "./signal";

export interface PeopleListener {
  came(person: Participant): void;
  changed(person: Participant): void;
  went(person: Participant): void;
}

export class People {
  readonly list = new Signal<readonly Participant[]>([]);
  readonly self = new Signal<Participant | null>(null);
  readonly #by_id = new Map<string, Participant>();
  readonly #by_slot = new Map<number, Participant>();
  readonly #muted = new Set<string>();
  readonly #blocked = new Set<string>();
  readonly #listener: PeopleListener;
  #own = "";

  constructor(listener: PeopleListener) {
    this.#listener = listener;
  }

  welcome(welcome: Welcome): void {
    this.#own = welcome.participant;
    if (welcome.resumed) return;
    this.#muted.clear();
    this.#blocked.clear();
    for (const id of welcome.muted ?? []) this.#muted.add(id);
    for (const id of welcome.blocked ?? []) this.#blocked.add(id);
    const here = new Set(welcome.people.map((person) => person.participant));
    for (const id of [...this.#by_id.keys()]) if (!here.has(id)) this.#remove(id);
    for (const person of welcome.people) this.#put(person);
    this.#publish();
  }

  event(event: SharedEvent): void {
    if (event.type === "arrived" || event.type === "changed") this.#put(event.person);
    else if (event.type === "left") this.#remove(event.participant);
    else return;
    this.#publish();
  }

  preference({ participant, muted, blocked }: Extract<PrivateEvent, { type: "preference" }>): void {
    set(this.#muted, participant, muted);
    set(this.#blocked, participant, blocked);
    const known = this.#by_id.get(participant);
    if (known) this.#put(known);
    this.#publish();
  }

  get(participant: string): Participant | undefined {
    return this.#by_id.get(participant);
  }

  at(slot: number): Participant | undefined {
    return this.#by_slot.get(slot);
  }

  /** True when this participant's words are not for us. */
  silent(participant: string): boolean {
    return this.#muted.has(participant) || this.#blocked.has(participant);
  }

  blocked(participant: string): boolean {
    return this.#blocked.has(participant);
  }

  #put(person: Person): void {
    const before = this.#by_id.get(person.participant);
    if (before && before.slot !== person.slot) this.#by_slot.delete(before.slot);
    const now: Participant = {
      ...person,
      self: person.participant === this.#own,
      muted: this.#muted.has(person.participant) || person.muted === true,
      blocked: this.#blocked.has(person.participant),
    };
    this.#by_id.set(now.participant, now);
    this.#by_slot.set(now.slot, now);
    if (!before) this.#listener.came(now);
    else this.#listener.changed(now);
  }

  #remove(participant: string): void {
    const person = this.#by_id.get(participant);
    if (!person) return;
    this.#by_id.delete(participant);
    if (this.#by_slot.get(person.slot) === person) this.#by_slot.delete(person.slot);
    this.#listener.went(person);
  }

  #publish(): void {
    this.list.value = [...this.#by_id.values()];
    this.self.value = this.#by_id.get(this.#own) ?? null;
  }
}

function set(ids: Set<string>, id: string, on: boolean): void {
  if (on) ids.add(id);
  else ids.delete(id);
}
