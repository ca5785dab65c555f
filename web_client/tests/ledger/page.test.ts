// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { hex } from "../../src/ledger/bytes";
import { PageMemory, type Memory } from "../../src/ledger/memory";
import { runChecks, type Verdict } from "../../src/ledger/page/checks";
import { entryChecks, rowsCheck, type Shown } from "../../src/ledger/page/entry_checks";
import { prepare, signAll } from "../../src/ledger/page/key_entries";
import { LogChecks } from "../../src/ledger/page/log_checks";
import { ProofPanel } from "../../src/ledger/page/panel";
import { loadWords } from "../../src/ledger/page/words";
import { decodeLeaf, encodeLeaf, signedBytes, verifyEntry } from "../../src/ledger/leaf";
import { encode } from "../../src/ledger/canonical";
import { parseVkey } from "../../src/ledger/note";
import { verifyPromise, type SignedPromise } from "../../src/ledger/promise";
import { fromSeed } from "../../src/ledger/ed25519";
import type { Source } from "../../src/ledger/tree";
import { leafData, leafOf, Log, ORIGIN, sha, signer } from "./log";
import { concat, utf8, fromHex, type Bytes } from "../../src/ledger/bytes";

const mei = signer(1);
const words = await loadWords("en");
let memory: Memory;

beforeEach(() => {
  memory = new PageMemory();
});

function body(number: number): { [name: string]: string | number } {
  return {
    type: "attest",
    by: hex(mei.key),
    claim: "tour",
    id: String(number).padStart(32, "0"),
    log: ORIGIN,
    subject: hex(mei.key),
    ts: number,
  };
}

function story(count: number, salt = 0): Log {
  return new Log(Array.from({ length: count }, (_, i) => leafData(body(i + salt), 1000 + i, [mei])));
}

function files(log: Log, ...cosigned: string[]): Source {
  return (path, most) =>
    path === "checkpoint" ? Promise.resolve(utf8(log.checkpoint(...cosigned))) : log.source(path, most);
}

function checks(log: Log, policy = "quorum none\n", source = files(log), fresh = source): LogChecks {
  const status = { origin: ORIGIN, vkey: log.signer.vkey(ORIGIN), size: log.size, policy };
  return new LogChecks(status, source, fresh, memory, words, () => 5);
}

const states = (verdict: Verdict): string => verdict.steps.map((step) => `${step.name}:${step.state}`).join(" ");
const run = (log: LogChecks, ...more: Parameters<typeof runChecks>[0]): Promise<Verdict> =>
  runChecks([...log.all, ...more], () => 0);

function shown(log: Log, index: number): Shown {
  const leaf = decodeLeaf(log.leaves[index] as Bytes, "test");
  return { index, entry: hex(sha(leaf.raw)), type: "attest", by: hex(mei.key), logged_ms: leaf.logged_ms };
}

describe("the checks of a log", () => {
  it("end well for a log that is in order, and say what they do not show", async () => {
    const verdict = await run(checks(story(3)));
    expect(states(verdict)).toBe("checkpoint:ok tree:ok memory:idle witnesses:idle");
    expect(verdict).toMatchObject({ state: "ok", skipped: 0 });
  });

  it("name the witnesses, and refuse a list that too few have seen", async () => {
    const log = story(3);
    const [a, b] = [signer(21), signer(22)];
    const policy = `witness a ${a.vkey("a.example", 4)}\nwitness b ${b.vkey("b.example", 4)}\ngroup both 2 a b\nquorum both\n`;
    const one = a.cosignature("a.example", log.text(), 7);
    const two = b.cosignature("b.example", log.text(), 8);
    const good = await run(checks(log, policy, files(log, one, two)));
    expect(good.steps.at(-1)).toMatchObject({ state: "ok", detail: "a, b" });
    const few = await run(checks(log, policy, files(log, one)));
    expect(few).toMatchObject({ state: "bad" });
    expect(few.steps.at(-1)?.detail).toContain("Fewer witnesses");
  });

  it("look past the cache before they say that files are wrong, so that a second history is an alarm and not a riddle", async () => {
    const [first, second] = [story(4), story(4, 100)];
    expect((await run(checks(first))).state).toBe("ok");
    const mixed: Source = (path, most) => (path === "checkpoint" ? files(second) : files(first))(path, most);
    const verdict = await run(checks(second, "quorum none\n", mixed, files(second)));
    expect(states(verdict)).toBe("checkpoint:ok tree:ok memory:bad");
    expect(verdict.error).toMatchObject({ alarm: { kind: "fork" } });
    expect(verdict.skipped).toBe(1);
  });

  it("tell an obstacle from a fault", async () => {
    const log = story(2);
    const none: Source = () => Promise.reject(new Error("no line"));
    expect(await run(checks(log, "quorum none\n", none))).toMatchObject({ state: "unable" });
    const wrong: Source = (path, most) =>
      path === "checkpoint" ? Promise.resolve(utf8("no note")) : log.source(path, most);
    expect(await run(checks(log, "quorum none\n", wrong))).toMatchObject({ state: "bad" });
  });
});

describe("the checks of entries", () => {
  it("hold for what is in the list, and for nothing else that a page may show", async () => {
    const log = story(5);
    const all = checks(log);
    const raw = new TextDecoder().decode(decodeLeaf(log.leaves[3] as Bytes, "test").raw);
    const leaf = hex(log.hashes[3] as Bytes);
    const good = await run(all, ...entryChecks(() => all.tree, shown(log, 3), raw, leaf, words));
    expect(good.state).toBe("ok");
    expect(good.steps.at(-1)?.detail).toBe("3 hashes up to the root");
    const wrong: [Shown, string, string, string][] = [
      [{ ...shown(log, 3), entry: "0".repeat(64) }, raw, leaf, "whole"],
      [shown(log, 3), raw.replace("tour", "Tour"), leaf, "whole"],
      [{ ...shown(log, 3), logged_ms: 9 }, raw, leaf, "signed"],
      [{ ...shown(log, 3), by: "0".repeat(64) }, raw, leaf, "signed"],
      [shown(log, 3), raw, "0".repeat(64), "included"],
    ];
    for (const [told, text, hash, step] of wrong) {
      const verdict = await run(all, ...entryChecks(() => all.tree, told, text, hash, words));
      expect(verdict.state).toBe("bad");
      expect(verdict.steps.at(-1)).toMatchObject({ name: step, state: "bad" });
    }
    const late = await run(all, ...entryChecks(() => all.tree, { ...shown(log, 3), index: 5 }, raw, leaf, words));
    expect(late).toMatchObject({ state: "unable", error: { code: "pending" } });
  });

  it("find a signature that does not fit, though the list has it", async () => {
    const log = story(2);
    const leaf = decodeLeaf(log.leaves[1] as Bytes, "test");
    const forged = {
      ...leaf,
      signatures: leaf.signatures.map((one) => ({ ...one, signature: signer(5).sign(leaf.raw) })),
    };
    const bad = new Log([log.leaves[0] as Bytes, encodeLeaf(forged)]);
    const all = checks(bad);
    const marks: [number, boolean][] = [];
    const rows = rowsCheck(
      () => all.tree,
      [shown(bad, 1), shown(bad, 0)],
      (row, good) => marks.push([row.index, good]),
      words,
    );
    const verdict = await run(all, rows);
    expect(verdict).toMatchObject({ state: "bad", error: { code: "bad_signature" } });
    expect(marks).toEqual([
      [1, false],
      [0, true],
    ]);
  });
});

describe("the panel", () => {
  const page = (): HTMLElement => {
    document.body.innerHTML = `<section class="proof proof--idle" id="proof"><div class="proof__top"><svg class="icon"></svg><div><h2>x</h2><p>y</p></div></div>
      <div class="proof__body"><details open><summary>z</summary><ol class="steps"></ol></details><p class="means">It does not prove authorship.</p></div></section>`;
    return document.getElementById("proof") as HTMLElement;
  };

  it("is green only when every check was made", async () => {
    const panel = new ProofPanel(page(), words);
    panel.running();
    expect(panel.element.getAttribute("aria-busy")).toBe("true");
    panel.show(await run(checks(story(2))), () => undefined);
    expect(panel.element.className).toBe("proof proof--ok");
    expect(panel.element.querySelector("h2")?.textContent).toBe("Verified in your browser");
    expect(panel.element.querySelector(".means")?.textContent).toContain(
      "It does not prove authorship. This page itself",
    );
    expect(panel.element.querySelector(".ledger-again")).toBeNull();
  });

  it("says what stopped it, as text whatever it holds, and offers to look again", async () => {
    const panel = new ProofPanel(page(), words);
    const evil: Source = () => Promise.resolve(utf8("<img src=x onerror=alert(1)>"));
    let again = 0;
    panel.show(await run(checks(story(2), "quorum none\n", evil)), () => (again += 1));
    expect(panel.element.className).toBe("proof proof--bad");
    expect(panel.element.querySelector("img")).toBeNull();
    expect(panel.element.querySelector(".steps")?.textContent).toContain("3 checks not made");
    panel.element.querySelector<HTMLButtonElement>(".ledger-again button")?.click();
    expect(again).toBe(1);
    const none: Source = () => Promise.reject(new Error("no line"));
    panel.show(await run(checks(story(2), "quorum none\n", none)), () => undefined);
    expect(panel.element.className).toBe("proof proof--idle");
    expect(panel.element.querySelectorAll(".ledger-again").length).toBe(1);
  });
});

describe("entries about keys", () => {
  it("are canonical, leave out what has no value, and bear every signature they need", async () => {
    const [old, next] = [await fromSeed(sha(utf8("a"))), await fromSeed(sha(utf8("b")))];
    const [by, key] = [old, next].map((one) => ({ id: hex(one.publicKey), privateKey: one.privateKey }));
    const prepared = prepare(
      "key.rotate",
      ORIGIN,
      { key: key!.id, prev: "0".repeat(64), next: null },
      [by!, key!],
      1_700_000_000_000,
    );
    expect(prepared.text).not.toContain("next");
    const signed = await signAll(prepared);
    const signatures = signed.signatures
      .map((one) => ({ key: fromHex(one.key, 32) as Bytes, signature: fromHex(one.signature, 64) as Bytes }))
      .sort((a, b) => (hex(a.key) < hex(b.key) ? -1 : 1));
    const entry = await verifyEntry({ logged_ms: 1, raw: prepared.raw, signatures }, "test");
    expect(entry.body).toMatchObject({ type: "key.rotate", by: by!.id, ts: 1_700_000_000_000 });
  });
});

describe("the log's promise", () => {
  const raw = encode(body(1));
  const signatures = [{ key: mei.key, signature: mei.sign(signedBytes(raw)) }];
  const log = signer(0);

  function promised(change: object = {}): SignedPromise {
    const root = hex(leafOf(leafData(body(1), 77, [mei])));
    const promise = { count: 1, index: 4, integrate_by_ms: 5077, log: ORIGIN, logged_ms: 77, root, ...change };
    return { promise, signature: hex(log.sign(concat(utf8("carrel-ledger-promise-v1\n"), encode(promise)))) };
  }

  it("is about this entry and signed by the log", async () => {
    const verifier = await parseVkey(log.vkey(ORIGIN));
    await verifyPromise(promised(), verifier, raw, signatures);
    for (const change of [{ root: "0".repeat(64) }, { logged_ms: 78 }, { count: 2 }, { log: "other" }])
      await expect(verifyPromise(promised(change), verifier, raw, signatures)).rejects.toMatchObject({
        code: "bad_note",
      });
    const other = { ...promised(), promise: { ...promised().promise, index: 5 } };
    await expect(verifyPromise(other, verifier, raw, signatures)).rejects.toMatchObject({ code: "bad_signature" });
    await expect(verifyPromise({ ...promised(), signature: "" }, verifier, raw, signatures)).rejects.toMatchObject({
      code: "bad_note",
    });
  });
});
