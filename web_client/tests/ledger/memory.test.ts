import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { hex, utf8 } from "../../src/ledger/bytes";
import { openCheckpoint } from "../../src/ledger/checkpoint";
import { openDatabase } from "../../src/ledger/database";
import { verify } from "../../src/ledger/ed25519";
import { commitment, DatabaseKeys, makeKey, NoKeys, signEntry } from "../../src/ledger/keys";
import { signedBytes } from "../../src/ledger/leaf";
import {
  Alarmed,
  DatabaseMemory,
  evidence,
  observe,
  PageMemory,
  type Memory,
  type Seen,
} from "../../src/ledger/memory";
import { parseVkey } from "../../src/ledger/note";
import { makeRecovery, readRecovery } from "../../src/ledger/recovery";
import { Tree } from "../../src/ledger/tree";
import { uuid7 } from "../../src/ledger/uuid";
import { Log, ORIGIN, signer } from "./log";

let memory: Memory;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  memory = new DatabaseMemory(await openDatabase());
});

async function visit(log: Log, now_ms: number, vkey = log.signer.vkey(ORIGIN), files = log): Promise<Seen> {
  const shown = await openCheckpoint(utf8(log.checkpoint()), await parseVkey(log.signer.vkey(ORIGIN)));
  const tree = await Tree.open(log.source, log.size, log.root);
  return observe(memory, vkey, shown, tree, files.source, now_ms);
}

describe("what this browser remembers", () => {
  it("grows with the log, across visits", async () => {
    expect(await visit(Log.of(0), 0)).toEqual({ kind: "first" });
    expect(await visit(Log.of(5), 1)).toEqual({ kind: "grown", since_ms: 0, from: 0 });
    expect(await visit(Log.of(5), 2)).toEqual({ kind: "same", since_ms: 1 });
    expect(await visit(Log.of(0), 2, undefined, Log.of(5))).toEqual({ kind: "behind", since_ms: 1, known: 5 });
    memory = new DatabaseMemory(await openDatabase());
    expect(await visit(Log.of(300), 3)).toEqual({ kind: "grown", since_ms: 1, from: 5 });
    expect((await memory.all()).map((one) => one.size)).toEqual([300]);
    expect(await visit(Log.of(301), 4)).toEqual({ kind: "grown", since_ms: 3, from: 300 });
  });

  it("never becomes shorter, whatever another tab writes late", async () => {
    const kept = { origin: ORIGIN, vkey: "v", signed: "s", size: 9, seen_ms: 1 };
    await memory.keep(kept);
    await memory.keep({ ...kept, size: 8, seen_ms: 2 });
    expect(await memory.all()).toEqual([kept]);
    await memory.keep({ ...kept, size: 10, seen_ms: 3 });
    expect((await memory.all())[0]).toMatchObject({ size: 10 });
  });

  it("takes an older list for what it is while the rest is still shown", async () => {
    await visit(Log.of(40), 1);
    const later = Log.of(40);
    expect(await visit(Log.of(30), 2, undefined, later)).toEqual({ kind: "behind", since_ms: 1, known: 40 });
    expect((await memory.all())[0]).toMatchObject({ size: 40 });
  });

  it("raises the alarm for every other history, keeps both notes, and does not forget the first", async () => {
    const first = Log.of(40);
    await visit(first, 1);
    const cases: [Log, string, Log?][] = [
      [Log.of(40, "!"), "fork"],
      [Log.of(50, "!"), "fork"],
      [Log.of(30, "!"), "fork", first],
      [Log.of(30), "shorter"],
      [Log.of(30, "!"), "shorter"],
    ];
    for (const [other, kind, files] of cases) {
      const error = await visit(other, 2, undefined, files).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Alarmed);
      const { alarm, code } = error as Alarmed;
      expect(code).toBe("forked");
      expect(alarm.kind).toBe(kind);
      expect(JSON.parse(evidence(alarm))).toMatchObject({
        remembered: { signed: first.checkpoint(), size: 40 },
        shown: { signed: other.checkpoint() },
      });
      expect((await memory.all())[0]?.signed).toBe(first.checkpoint());
    }
  });

  it("raises the alarm for another key and for another log under the same address", async () => {
    await visit(Log.of(3), 1);
    await expect(visit(Log.of(3), 2, signer(9).vkey(ORIGIN))).rejects.toMatchObject({ alarm: { kind: "other_key" } });
    const [one] = await memory.all();
    memory = new PageMemory();
    await memory.keep({ ...one!, origin: "elsewhere.example/log" });
    await expect(visit(Log.of(3), 2)).rejects.toMatchObject({ alarm: { kind: "other_log" } });
  });

  it("raises no alarm when only the line is at fault", async () => {
    await visit(Log.of(300), 1);
    const log = Log.of(600);
    const shown = await openCheckpoint(utf8(log.checkpoint()), await parseVkey(log.signer.vkey(ORIGIN)));
    let open = false;
    const tree = await Tree.open(
      (path, most) => (open ? Promise.reject(new Error("line")) : log.source(path, most)),
      600,
      log.root,
    );
    open = true;
    await expect(observe(memory, log.signer.vkey(ORIGIN), shown, tree, log.source, 2)).rejects.toThrow("line");
    expect((await memory.all())[0]?.size).toBe(300);
  });

  it("is said plainly to be nothing where the browser stores nothing", async () => {
    await expect(openDatabase(undefined as never)).resolves.toBeDefined();
    // @ts-expect-error a browser without it
    delete globalThis.indexedDB;
    await expect(openDatabase()).rejects.toMatchObject({ code: "no_storage" });
  });
});

describe("this device's keys", () => {
  it("are kept unreadable, sign entries, and are forgotten when asked to", async () => {
    const store = new DatabaseKeys(await openDatabase());
    const key = await makeKey(store, 5);
    const next = await makeKey(store, 6, key.id);
    expect(next).toMatchObject({ state: "next", before: key.id });
    const [kept] = await new DatabaseKeys(await openDatabase()).list();
    expect(kept).toMatchObject({ id: key.id, state: "new", account: null, made_ms: 5 });
    expect(kept!.privateKey.extractable).toBe(false);
    const raw = utf8("{}");
    await verify(Uint8Array.from(Buffer.from(key.id, "hex")), signedBytes(raw), await signEntry(key, raw), "test");
    await store.put({ ...key, state: "active", account: key.id });
    expect((await store.list())[0]).toMatchObject({ state: "active", account: key.id });
    await store.forget(key.id);
    expect((await store.list()).map((one) => one.id)).toEqual([next.id]);
  });

  it("are not kept on a shared computer", async () => {
    const store = new NoKeys();
    await expect(makeKey(store, 1)).rejects.toMatchObject({ code: "no_storage" });
    expect(await store.list()).toEqual([]);
  });
});

describe("the recovery key", () => {
  it("comes back from what was written down, however it is typed", async () => {
    const made = await makeRecovery();
    expect(made.words).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);
    const typed = made.words.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    const pair = await readRecovery(typed);
    expect(await commitment(pair.publicKey)).toBe(made.commitment);
    expect(pair.privateKey.extractable).toBe(false);
  });

  it("is always the same for the same bits", async () => {
    const made = await makeRecovery(new Uint8Array(20).fill(0xa5));
    expect(made.words.slice(0, -5)).toBe("MPJT-B9D5-MPJT-B9D5-MPJT-B9D5-MPJT-B9D5");
    expect(await makeRecovery(new Uint8Array(20).fill(0xa5))).toEqual(made);
  });

  it("tells a slip of the pen from a wrong length and a strange character", async () => {
    const { words } = await makeRecovery(new Uint8Array(20).fill(7));
    for (let at = 0; at < words.length; at += 1) {
      if (words[at] === "-") continue;
      const slip = words.slice(0, at) + (words[at] === "A" ? "B" : "A") + words.slice(at + 1);
      await expect(readRecovery(slip), slip).rejects.toThrow(/character is wrong/);
    }
    await expect(readRecovery(words.slice(1))).rejects.toThrow(/35 in all/);
    await expect(readRecovery(words.replace(/^./, "*"))).rejects.toThrow(/\*/);
  });
});

describe("an entry's id", () => {
  it("is time-ordered, in the layout of UUIDv7", () => {
    expect(uuid7(0x0190_0102_0304, new Uint8Array(10).fill(255))).toBe("0190010203047fffbfffffffffffffff");
    expect(uuid7(2000) > uuid7(1000)).toBe(true);
    expect(hex(new Uint8Array(1))).toBe("00");
  });
});
