/** The server's own vectors: both sides accept the same bytes and refuse the same bytes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { concat, fromHex, hex, utf8, type Bytes } from "../../src/ledger/bytes";
import { openCheckpoint } from "../../src/ledger/checkpoint";
import { verifyCosignature } from "../../src/ledger/cosignature";
import { verify } from "../../src/ledger/ed25519";
import { decodeBundle, decodeLeaf, encodeLeaf, verifyEntry } from "../../src/ledger/leaf";
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from "../../src/ledger/merkle";
import { parseNote, parseVkey, verifyNote } from "../../src/ledger/note";
import { enough, parsePolicy } from "../../src/ledger/policy";
import { parseProof, verifyProof } from "../../src/ledger/proof";
import { tilePath, tileWidth } from "../../src/ledger/tiles";
import { Tree } from "../../src/ledger/tree";
import { Log } from "./log";

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tests/vectors/ledger-${name}.json`, import.meta.url), "utf8")) as T;
}

const bytes = (text: string): Bytes => fromHex(text, text.length / 2) as Bytes;
const refusal = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    await act();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "accepted";
};

interface Inclusion {
  why?: string;
  leaf_hash: string;
  index: number;
  size: number;
  proof: string[];
  root: string;
}
interface Consistency {
  why?: string;
  old_size: number;
  new_size: number;
  old_root: string;
  new_root: string;
  proof: string[];
}

describe("the tree", () => {
  const vectors = golden<{
    published: { leaves: string[]; roots: string[] };
    inclusion: Inclusion[];
    consistency: Consistency[];
    refused_inclusion: Inclusion[];
    refused_consistency: Consistency[];
  }>("merkle");
  const included = (one: Inclusion): Promise<void> =>
    verifyInclusion(bytes(one.leaf_hash), one.index, one.size, one.proof.map(bytes), bytes(one.root));
  const consistent = (one: Consistency): Promise<void> =>
    verifyConsistency(one.old_size, bytes(one.old_root), one.new_size, bytes(one.new_root), one.proof.map(bytes));

  it("has the published roots", async () => {
    const leaves = await Promise.all(vectors.published.leaves.map((leaf) => leafHash(bytes(leaf))));
    for (const [count, root] of vectors.published.roots.entries())
      if (count > 0) expect(hex(await rootOf(leaves.slice(0, count)))).toBe(root);
  });

  it("accepts every proof", async () => {
    for (const one of vectors.inclusion) await included(one);
    for (const one of vectors.consistency) await consistent(one);
  });

  it("refuses every wrong one", async () => {
    for (const one of vectors.refused_inclusion) expect(await refusal(() => included(one)), one.why).toBe("bad_proof");
    for (const one of vectors.refused_consistency)
      expect(await refusal(() => consistent(one)), one.why).toBe("bad_proof");
  });
});

describe("notes", () => {
  const vectors = golden<{
    notes: { note: string; vkeys: Record<string, number> }[];
    refused_notes: { why: string; note: string; vkey: string }[];
    checkpoints: { note: string; vkey: string; origin: string; size: number; root: string }[];
    refused_checkpoints: { why: string; note: string; vkey: string }[];
    refused_vkeys: string[];
  }>("notes");

  it("are accepted", async () => {
    for (const { note, vkeys } of vectors.notes)
      for (const [vkey, time_s] of Object.entries(vkeys)) {
        const verifier = await parseVkey(vkey);
        const parsed = parseNote(utf8(note), "note");
        if (verifier.type === 1) await verifyNote(parsed, verifier, "note");
        else expect(await verifyCosignature(parsed, verifier, "note")).toBe(time_s);
      }
    for (const one of vectors.checkpoints) {
      const opened = await openCheckpoint(utf8(one.note), await parseVkey(one.vkey));
      expect({ ...opened, root: hex(opened.root) }).toMatchObject({
        origin: one.origin,
        size: one.size,
        root: one.root,
      });
    }
  });

  it("are refused", async () => {
    for (const one of vectors.refused_notes) {
      const verifier = await parseVkey(one.vkey);
      const code = await refusal(() => verifyNote(parseNote(utf8(one.note), "note"), verifier, "note"));
      expect(["bad_note", "bad_signature"], one.why).toContain(code);
    }
    for (const one of vectors.refused_checkpoints) {
      const verifier = await parseVkey(one.vkey);
      const code = await refusal(() => openCheckpoint(utf8(one.note), verifier));
      expect(["bad_note", "bad_signature"], one.why).toContain(code);
    }
    for (const vkey of vectors.refused_vkeys)
      expect(["bad_note", "bad_key"], vkey).toContain(await refusal(() => parseVkey(vkey)));
  });
});

describe("proof files", () => {
  const vectors = golden<{
    policy: string;
    proofs: { proof: string; leaf_hash: string; index: number; size: number; seen_s: Record<string, number> }[];
    refused_proofs: { why: string; proof: string; leaf_hash: string }[];
  }>("proofs");

  async function open(proof: string, leaf: string): Promise<{ size: number; index: number; seen_s: object }> {
    const policy = await parsePolicy(vectors.policy);
    const log = await parseVkey(vectors.policy.split("\n")[0]!.split(" ")[1]!);
    const parsed = parseProof(utf8(proof), "proof");
    const checkpoint = await verifyProof(parsed, bytes(leaf), log);
    const seen_s: Record<string, number> = {};
    for (const [name, witness] of policy.witnesses) {
      const time_s = await verifyCosignature(checkpoint.note, witness, "proof");
      if (time_s !== null) seen_s[name] = time_s;
    }
    if (!enough(policy, Object.keys(seen_s))) throw Object.assign(new Error("too few"), { code: "too_few" });
    return { size: checkpoint.size, index: parsed.index, seen_s };
  }

  it("are accepted", async () => {
    for (const { proof, leaf_hash, ...rest } of vectors.proofs) expect(await open(proof, leaf_hash)).toEqual(rest);
  });

  it("are refused", async () => {
    for (const one of vectors.refused_proofs)
      expect(["bad_proof", "bad_note", "bad_signature", "too_few"], one.why).toContain(
        await refusal(() => open(one.proof, one.leaf_hash)),
      );
  });
});

describe("tiles", () => {
  const vectors = golden<{
    log: { steps: { size: number; root: string; files: Record<string, string> }[] };
    paths: { path: string; level: number | null; number: number; width: number }[];
    bundles: { hex: string; leaves: string[] }[];
    refused_bundles: { why: string; hex: string; width: number }[];
  }>("tiles");

  it("stand where the server puts them", () => {
    for (const one of vectors.paths) expect(tilePath(one.level ?? "entries", one.number, one.width)).toBe(one.path);
  });

  it("lead to the server's roots, at every size of the example log", async () => {
    const last = vectors.log.steps.at(-1)!.size;
    const all = Array.from({ length: last }, (_, i) => utf8(`leaf ${i}`.repeat(i % 5)));
    for (const { size, root } of vectors.log.steps) {
      const log = new Log(all.slice(0, size));
      const tree = await Tree.open(log.source, size, bytes(root));
      if (size > 0) expect(await tree.entry(size - 1)).toEqual(all[size - 1]);
      if (size > 0) expect(tileWidth(0, 0, size)).toBe(Math.min(size, 256));
    }
  });

  it("bring bundles to the byte", () => {
    for (const one of vectors.bundles)
      expect(decodeBundle(bytes(one.hex), one.leaves.length, "bundle").map(hex)).toEqual(one.leaves);
    for (const one of vectors.refused_bundles)
      expect(() => decodeBundle(concat(bytes(one.hex)), one.width, "bundle"), one.why).toThrow(
        expect.objectContaining({ code: "bad_entry" }),
      );
  });
});

describe("entries of every type", () => {
  const vectors = golden<{
    entries: { type: string; logged_ms: number; body: string; signatures: { key: string; signature: string }[] }[];
  }>("entries");

  it("are canonical, and verified by exactly their signers", async () => {
    const types = new Set<string>();
    for (const one of vectors.entries) {
      const signatures = one.signatures.map(({ key, signature }) => ({ key: bytes(key), signature: bytes(signature) }));
      const leaf = { logged_ms: one.logged_ms, raw: utf8(one.body), signatures };
      const entry = await verifyEntry(decodeLeaf(encodeLeaf(leaf), one.type), one.type);
      expect(entry.body["type"]).toBe(one.type);
      types.add(one.type);
      const more = utf8(one.body.replace("{", '{"a":1,'));
      expect(["bad_signature", "bad_entry"]).toContain(
        await refusal(() => verifyEntry({ ...leaf, raw: more }, one.type)),
      );
    }
    expect(types.size).toBe(19);
  });
});

describe("Ed25519's edge cases", () => {
  const { cases } = JSON.parse(
    readFileSync(new URL("../../../tests/vectors/ed25519-edge-cases.json", import.meta.url), "utf8"),
  ) as {
    cases: { libsodium: boolean; order_l: boolean; what: string; message: string; key: string; signature: string }[];
  };

  it("are judged as the log judges them, but for keys outside the main subgroup, which no log of ours admits", async () => {
    for (const one of cases) {
      const code = await refusal(() => verify(bytes(one.key), bytes(one.message), bytes(one.signature), one.what));
      if (one.libsodium) expect(code, one.what).toBe("accepted");
      else if (one.order_l) expect(code, one.what).not.toBe("accepted");
    }
  });
});
