import { describe, expect, it } from "vitest";
import { concat, fromHex, hex, utf8, type Bytes } from "../../src/ledger/bytes";
import { decode, encode, type Members, type Value } from "../../src/ledger/canonical";
import { checkKey, fromSeed, generate, sign, verify } from "../../src/ledger/ed25519";
import { decodeBundle, decodeLeaf, encodeLeaf, verifyEntry } from "../../src/ledger/leaf";
import { leafData, signer } from "./log";

const bytes = (text: string): Bytes => fromHex(text, text.length / 2) as Bytes;

describe("the canonical form", () => {
  it("is RFC 8785's, within its profile", () => {
    const value = { b: [1, true, { z: "", a: '"\\/é漢\u{20000}' }], a: -1, _: 9007199254740991 };
    const text = '{"_":9007199254740991,"a":-1,"b":[1,true,{"a":"\\"\\\\/é漢𠀀","z":""}]}';
    expect(new TextDecoder().decode(encode(value))).toBe(text);
    expect(decode(utf8(text))).toEqual(value);
  });

  it("has no floats, no null, no names beyond ASCII, and strings in one form only", () => {
    const refused: [unknown, string][] = [
      [{ a: 1.5 }, "float_found"],
      [{ a: NaN }, "float_found"],
      [{ a: 2 ** 53 }, "not_canonical"],
      [{ a: null }, "not_canonical"],
      [{ a: undefined }, "not_canonical"],
      [{ é: 1 }, "not_canonical"],
      [{ a: "e\u0301" }, "not_canonical"],
      [{ a: "\n" }, "not_canonical"],
      [{ a: "\ud800" }, "not_canonical"],
      [{ a: "x".repeat(60_000) }, "too_long"],
    ];
    for (const [value, code] of refused)
      expect(() => encode(value as Value)).toThrow(expect.objectContaining({ code }));
    const deep = "[".repeat(40) + "]".repeat(40);
    expect(() => decode(utf8(`{"a":${deep}}`))).toThrow(expect.objectContaining({ code: "not_canonical" }));
  });

  it("takes no other bytes for the same value", () => {
    const others: [string, string][] = [
      ['{"b":1,"a":2}', "not_canonical"],
      ['{"a":1,"a":1}', "not_canonical"],
      ['{"a": 1}', "not_canonical"],
      ['{"a":1.0}', "not_canonical"],
      ['{"a":1e0}', "not_canonical"],
      ['{"a":-0}', "not_canonical"],
      ['{"a":"\\u0041"}', "not_canonical"],
      ['\ufeff{"a":1}', "not_json"],
      ['{"a":1}\n', "not_canonical"],
      ['{"a":9007199254740993}', "not_canonical"],
      ["[1]", "not_json"],
      ['{"a":', "not_json"],
    ];
    for (const [text, code] of others)
      expect(() => decode(utf8(text)), text).toThrow(expect.objectContaining({ code }));
    expect(() => decode(Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: "not_json" }));
  });
});

describe("Ed25519", () => {
  /** RFC 8032, 7.1, test 2. */
  const seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const signature = bytes(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );

  it("signs and verifies as RFC 8032 says", async () => {
    const pair = await fromSeed(seed);
    expect(hex(pair.publicKey)).toBe(hex(key));
    expect(pair.privateKey.extractable).toBe(false);
    expect(hex(await sign(pair.privateKey, bytes("72")))).toBe(hex(signature));
    await verify(key, bytes("72"), signature, "test");
    await expect(verify(key, bytes("73"), signature, "test")).rejects.toMatchObject({ code: "bad_signature" });
  });

  it("makes keys that no script can read", async () => {
    const pair = await generate();
    expect(pair.privateKey.extractable).toBe(false);
    await verify(pair.publicKey, utf8("a"), await sign(pair.privateKey, utf8("a")), "test");
  });

  it("refuses keys of small order and keys that are not the shortest form", () => {
    const refused = [
      "0100000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
      "00",
    ];
    for (const one of refused)
      expect(() => checkKey(bytes(one), "test"), one).toThrow(expect.objectContaining({ code: "bad_key" }));
    checkKey(key, "test");
  });

  it("refuses a signature whose scalar is not reduced, or whose point is of small order", async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    let s = BigInt(`0x${hex(signature.slice(32).reverse())}`) + order;
    const malleable = signature.slice();
    for (let i = 32; i < 64; i += 1, s >>= 8n) malleable[i] = Number(s & 255n);
    const small = concat(Uint8Array.of(1), new Uint8Array(63));
    for (const one of [malleable, small, signature.slice(1)])
      await expect(verify(key, bytes("72"), one, "test")).rejects.toMatchObject({ code: "bad_signature" });
  });
});

describe("leaves", () => {
  const [first, second] = [signer(1), signer(2)];
  const body: Members = {
    type: "key.register",
    by: hex(first.key),
    key: hex(second.key),
    account: hex(first.key),
    id: "018f0000000070008000000000000001",
    log: "library.example/ledger",
    ts: 1_700_000_000_000,
  };
  const data = leafData(body, 1_700_000_000_123, [first, second]);

  it("are read as they are written, and verified by exactly their signers", async () => {
    const leaf = decodeLeaf(data, "entry 4");
    expect(encodeLeaf(leaf)).toEqual(data);
    const entry = await verifyEntry(leaf, "entry 4");
    expect(entry.body).toEqual(body);
    expect(entry.logged_ms).toBe(1_700_000_000_123);
    expect(entry.signatures.map((one) => hex(one.key))).toEqual([hex(first.key), hex(second.key)].sort());
    for (const signatures of [leaf.signatures.slice(1), []])
      await expect(verifyEntry({ ...leaf, signatures }, "entry 4")).rejects.toMatchObject({ code: "bad_entry" });
    const forged = leaf.signatures.map((one) => ({ ...one, signature: first.sign(leaf.raw) }));
    await expect(verifyEntry({ ...leaf, signatures: forged }, "entry 4")).rejects.toMatchObject({
      code: "bad_signature",
      place: expect.stringContaining("entry 4"),
    });
    const raw = encode({ ...body, ts: 1 });
    await expect(verifyEntry({ ...leaf, raw }, "entry 4")).rejects.toMatchObject({ code: "bad_signature" });
  });

  it("are refused when a byte is missing, is too many or is out of order", () => {
    const turned = concat(data.slice(0, -192), data.slice(-96), data.slice(-192, -96));
    const late = concat(Uint8Array.of(255), data.slice(1));
    for (const wrong of [data.slice(0, -1), concat(data, Uint8Array.of(0)), data.slice(0, 10), turned, late])
      expect(() => decodeLeaf(wrong, "entry 4")).toThrow(expect.objectContaining({ code: "bad_entry" }));
  });

  it("stand in bundles one after the other", () => {
    const leaves = [utf8("a"), utf8(""), utf8("b".repeat(300))];
    const bundle = concat(...leaves.flatMap((leaf) => [Uint8Array.of(leaf.length >> 8, leaf.length & 255), leaf]));
    expect(decodeBundle(bundle, 3, "bundle")).toEqual(leaves);
    for (const [wrong, count] of [
      [bundle, 2],
      [bundle, 4],
      [bundle.slice(0, -1), 3],
      [concat(bundle, Uint8Array.of(0)), 4],
    ] as const)
      expect(() => decodeBundle(wrong, count, "bundle")).toThrow(expect.objectContaining({ code: "bad_entry" }));
  });
});
