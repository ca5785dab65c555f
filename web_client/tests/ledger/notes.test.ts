import { describe, expect, it } from "vitest";
import { hex, utf8, type Bytes } from "../../src/ledger/bytes";
import { openCheckpoint } from "../../src/ledger/checkpoint";
import { verifyCosignature } from "../../src/ledger/cosignature";
import { formatNote, formatVkey, parseNote, parseVkey, verifyNote } from "../../src/ledger/note";
import { formatProof, parseProof, verifyProof } from "../../src/ledger/proof";
import { Log, ORIGIN, path, signer } from "./log";

/** The key and the note that golang.org/x/mod/sumdb/note publishes as its example. */
const GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

describe("signed notes", () => {
  it("verify as Go's own example does", async () => {
    const verifier = await parseVkey(GO_VKEY);
    expect(formatVkey(verifier)).toBe(GO_VKEY);
    const note = parseNote(utf8(GO_NOTE), "note");
    expect(formatNote(note)).toBe(GO_NOTE);
    await verifyNote(note, verifier, "note");
    await expect(verifyNote({ ...note, text: note.text.replace("If", "if") }, verifier, "note")).rejects.toMatchObject({
      code: "bad_signature",
    });
  });

  it("are refused in any other form", () => {
    const cases = [
      "",
      "text\n",
      "text\n\n",
      GO_NOTE.trimEnd(),
      GO_NOTE.replace("— ", "- "),
      GO_NOTE.replace("— ", "—  "),
      GO_NOTE.replace("PeterNeumann x", "Peter+Neumann x"),
      GO_NOTE.replace("JnAM=", "JnAN="),
      GO_NOTE.replace("JnAM=", "JnAM"),
      GO_NOTE.replace("JnAM=", "JnAM= "),
      GO_NOTE.replace("If", "I\tf"),
      GO_NOTE.replace("\n\n", "\r\n\r\n"),
      GO_NOTE + "\n",
      "a\n\n" + "— x AAAAAAA=\n".repeat(65),
      `${"a".repeat(70_000)}\n\n— x AAAAAAA=\n`,
    ];
    for (const text of cases)
      expect(() => parseNote(utf8(text), "note"), text).toThrow(expect.objectContaining({ code: "bad_note" }));
    expect(() => parseNote(Uint8Array.of(0xff, 10, 10), "note")).toThrow(expect.objectContaining({ code: "bad_note" }));
  });

  it("ignore what strangers signed, and need the known key", async () => {
    const [ours, theirs] = [signer(1), signer(2)];
    const text = "a\n";
    const stranger = parseNote(utf8(`${text}\n${theirs.line("x", text)}`), "note");
    const verifier = await parseVkey(ours.vkey("x"));
    await expect(verifyNote(stranger, verifier, "note")).rejects.toMatchObject({ code: "bad_note" });
    await verifyNote(
      parseNote(utf8(`${text}\n${theirs.line("x", text)}${ours.line("x", text)}`), "note"),
      verifier,
      "note",
    );
  });

  it("take no verifier key that contradicts itself", async () => {
    const good = signer(1).vkey("x");
    const cases = [
      "",
      "x",
      good.replace("x+", "y+"),
      good.slice(0, -4),
      signer(1).vkey("x", 2),
      good.replace("x+", "x y+"),
    ];
    for (const vkey of cases) await expect(parseVkey(vkey), vkey).rejects.toMatchObject({ code: "bad_note" });
  });
});

describe("checkpoints", () => {
  const log = Log.of(5);
  const open = async (text: string) => openCheckpoint(utf8(text), await parseVkey(log.signer.vkey(ORIGIN)));

  it("open with the log's key and say name, size and root", async () => {
    const checkpoint = await open(log.checkpoint());
    expect(checkpoint).toMatchObject({ origin: ORIGIN, size: 5, signed: log.checkpoint() });
    expect(checkpoint.root).toEqual(log.root);
  });

  it("are refused when a line of them is not what it must be, however well signed", async () => {
    const [origin, size, root] = log.text().split("\n") as [string, string, string];
    const texts = [
      `${origin}\n05\n${root}\n`,
      `${origin}\n-5\n${root}\n`,
      `${origin}\n9007199254740993\n${root}\n`,
      `${origin}\n${size}\n${root.slice(4)}\n`,
      `${origin}\n${size}\n`,
      `${origin}\n${size}\n${root}\n\nextension\n`,
      `other.example\n${size}\n${root}\n`,
    ];
    for (const text of texts)
      await expect(open(`${text}\n${log.signer.line(ORIGIN, text)}`), text).rejects.toMatchObject({ code: "bad_note" });
    await open(`${log.text()}more\n\n${log.signer.line(ORIGIN, `${log.text()}more\n`)}`);
    await expect(open(log.checkpoint().replace("\n5\n", "\n6\n"))).rejects.toMatchObject({ code: "bad_signature" });
  });

  it("tell when which witness saw them", async () => {
    const witness = signer(7);
    const verifier = await parseVkey(witness.vkey("witness.example/w1", 4));
    const seen = await open(log.checkpoint(witness.cosignature("witness.example/w1", log.text(), 1679315147)));
    expect(await verifyCosignature(seen.note, verifier, "checkpoint")).toBe(1679315147);
    expect(await verifyCosignature((await open(log.checkpoint())).note, verifier, "checkpoint")).toBeNull();
    const forged = await open(log.checkpoint(witness.cosignature("witness.example/w1", `${log.text()}x`, 1)));
    await expect(verifyCosignature(forged.note, verifier, "checkpoint")).rejects.toMatchObject({
      code: "bad_signature",
    });
  });
});

describe("proof files", () => {
  const log = Log.of(11);
  const whole = { index: 6, hashes: path(6, log.hashes), extra: null, checkpoint: log.checkpoint() };

  it("are read as they are written, and prove their entry offline", async () => {
    const verifier = await parseVkey(log.signer.vkey(ORIGIN));
    for (const proof of [whole, { ...whole, extra: utf8("more") }]) {
      const text = formatProof(proof);
      expect(parseProof(utf8(text), "proof")).toEqual(proof);
      expect((await verifyProof(parseProof(utf8(text), "proof"), log.hashes[6] as Bytes, verifier)).size).toBe(11);
    }
    await expect(verifyProof(whole, log.hashes[5] as Bytes, verifier)).rejects.toMatchObject({ code: "bad_proof" });
  });

  it("are refused in any other form", () => {
    const text = formatProof(whole);
    const cases = [
      "",
      text.replace("@v1", "@v2"),
      text.replace("index 6", "index 06"),
      text.replace("index 6", "index  6"),
      text.replace("index 6\n", ""),
      text.replace("index 6", "extra !\nindex 6"),
      text.replace("=\n", "\n"),
      text.split("\n\n")[0] as string,
    ];
    for (const one of cases)
      expect(() => parseProof(utf8(one), "proof"), one).toThrow(expect.objectContaining({ code: "bad_proof" }));
    expect(hex(parseProof(utf8(text), "proof").hashes[0] as Bytes)).toBe(hex(log.hashes[7] as Bytes));
  });
});
