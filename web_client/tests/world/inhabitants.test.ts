import { Vector3 } from "three";
import { beforeEach, describe, expect, it } from "vitest";
import { Chat } from "../../src/hall/chat";
import { People } from "../../src/hall/people";
import { SNAPSHOT } from "../../src/net/crowd_buffer";
import { POSE } from "../../src/net/pose";
import { FLAG, type Person, RECORD, type Said, type Welcome } from "../../src/net/protocol.gen";
import { PlainGround } from "../../src/world/collider";
import { type Deeds, Furnishing } from "../../src/world/furnishing";
import { type Bodies, Inhabitants } from "../../src/world/inhabitants";
import type { SceneDocument } from "../../src/world/scene_document";
import { Targets } from "../../src/world/targets";
import { worldWords } from "../../src/world/words";

const ground = new PlainGround(new Vector3(-9, 0, -9), new Vector3(9, 9, 9));
const eye = new Vector3(0, 1.6, 0);

class Drawn implements Bodies {
  readonly ownShown = 0;
  readonly slots = new Set<number>();
  posed = 0;
  add: Bodies["add"] = ({ person }) => void this.slots.add(person.slot);
  remove: Bodies["remove"] = ({ person }) => void this.slots.delete(person.slot);
  pose: Bodies["pose"] = () => void this.posed++;
  change(): void {}
  react(): void {}
  update(): void {}
  dispose(): void {}
}

function person(participant: string, slot: number): Person {
  return { participant, slot, name: participant, role: "guest", look: {} };
}

/** One row of a snapshot: somebody's head, and whether they sit. */
function row(slot: number, x: number, z: number, flags = 0): Float32Array {
  const { row } = SNAPSHOT;
  const rows = new Float32Array(row.size);
  rows[row.slot] = slot;
  rows[row.flags] = flags;
  rows[row.kind] = RECORD.desktop.kind;
  rows.set([x, 1.2, z], row.pose + POSE.head);
  return rows;
}

let bodies: Drawn;
let inhabitants: Inhabitants;
let people: People;

beforeEach(() => {
  bodies = new Drawn();
  inhabitants = new Inhabitants(bodies);
  people = new People({
    came: (one) => inhabitants.came(one),
    changed: (one) => inhabitants.changed(one),
    went: (one) => inhabitants.went(one),
  });
  people.welcome({ participant: "me", people: [person("me", 0), person("ada", 1)] } as unknown as Welcome);
});

describe("somebody who is blocked", () => {
  const prefer = (blocked: boolean): void =>
    people.preference({ type: "preference", participant: "ada", muted: false, blocked });

  it("is not drawn until unblocked, but stays in the list where one unblocks", () => {
    prefer(true);
    inhabitants.update(0.1, eye, ground, row(1, 2, 2), 1);
    expect([bodies.slots.size, bodies.posed]).toEqual([0, 0]);
    expect(people.list.value.find(({ participant }) => participant === "ada")?.blocked).toBe(true);
    prefer(false);
    inhabitants.update(0.1, eye, ground, row(1, 2, 2), 1);
    expect([[...bodies.slots], bodies.posed]).toEqual([[1], 1]);
  });

  it("is not drawn when they come back, nor when their look changes", () => {
    prefer(true);
    people.event({ type: "left", participant: "ada", slot: 1 } as never);
    people.event({ type: "arrived", person: person("ada", 4) } as never);
    people.event({ type: "changed", person: { ...person("ada", 4), name: "Ada L." } } as never);
    expect(bodies.slots.size).toBe(0);
  });

  it("is not heard", () => {
    const chat = new Chat();
    const said = { type: "said", participant: "ada", name: "ada", scope: "room", text: "hm", room_ms: 0 } as Said;
    chat.add(said, people, 0);
    prefer(true);
    chat.forget("ada");
    chat.add(said, people, 0);
    expect(chat.lines.value).toEqual([]);
  });
});

describe("seats and people as things to act on", () => {
  const scene = {
    seats: [{ id: "s", position: [2, 0.46, 2], heading: 0, name: null }],
    portals: [],
    desks: [],
  } as unknown as SceneDocument;
  const deeds = { feet: new Vector3(), language: () => "en", words: () => worldWords("en") } as unknown as Deeds;

  it("say that a seat is taken while somebody sits there, and only then", () => {
    const targets = new Targets(() => undefined);
    const furnishing = new Furnishing(targets, deeds);
    furnishing.furnish(scene);
    const label = (): string => targets.get("seat:s")!.label();
    inhabitants.update(0.1, eye, ground, row(1, 2.1, 2), 1);
    expect([furnishing.occupy(inhabitants.all), label()]).toEqual([false, "Seat"]);
    inhabitants.update(0.1, eye, ground, row(1, 2.1, 2, FLAG.seated), 1);
    expect([furnishing.occupy(inhabitants.all), label()]).toEqual([true, "Seat (taken)"]);
    expect(furnishing.occupy(inhabitants.all)).toBe(false);
    inhabitants.update(0.1, eye, ground, row(1, 4, 2, FLAG.seated), 1);
    expect([furnishing.occupy(inhabitants.all), label()]).toEqual([true, "Seat"]);
  });

  it("do not name who is blocked", () => {
    const targets = new Targets(() => undefined);
    const furnishing = new Furnishing(targets, deeds);
    const ada = inhabitants.all.get(1)!;
    furnishing.person(ada);
    expect(targets.list().map(({ id }) => id)).toEqual(["person:ada"]);
    furnishing.person({ ...ada, person: { ...ada.person, blocked: true } });
    expect(targets.list()).toEqual([]);
  });
});
