import { afterEach, describe, expect, it, vi } from "vitest";
import { enough, parsePolicy } from "../../src/ledger/policy";
import { httpSource } from "../../src/ledger/source";
import { signer } from "./log";

const [A, B, C] = [1, 2, 3].map((number) => signer(number).vkey(`w${number}.example`, 4));

describe("policies", () => {
  it("say which witnesses are enough", async () => {
    const policy = await parsePolicy(
      `# ours\nlog ${signer(0).vkey("l")} https://l.example\n\nwitness a ${A}\nwitness b ${B} https://b.example\nwitness c ${C}\n` +
        "group cities any a b\ngroup both all cities c\nquorum both\n",
    );
    expect([...policy.witnesses.keys()]).toEqual(["a", "b", "c"]);
    expect(enough(policy, ["a", "c"])).toBe(true);
    expect(enough(policy, ["b", "c"])).toBe(true);
    expect(enough(policy, ["a", "b"])).toBe(false);
    expect(enough(policy, ["both"])).toBe(false);
    expect(enough(await parsePolicy("quorum none\n"), [])).toBe(true);
  });

  it("are refused when they contradict themselves", async () => {
    for (const text of [
      "",
      "quorum a\n",
      `witness a ${A}\nwitness a ${B}\nquorum a\n`,
      `witness a ${signer(1).vkey("w")}\nquorum a\n`,
      `witness a ${A}\ngroup g 2 a\nquorum g\n`,
      "group g 1 g\nquorum g\n",
      "quorum none\nquorum none\n",
      "witless a b\nquorum none\n",
    ])
      await expect(parsePolicy(text), text).rejects.toMatchObject({ code: "bad_note" });
  });
});

describe("files of a log", () => {
  afterEach(() => vi.useRealTimers());
  const answer = (body: BodyInit | null, status = 200) =>
    httpSource("/ledger/", "default", () => Promise.resolve(new Response(body, { status })));

  it("are read up to their limit and no further", async () => {
    expect(await answer(new Uint8Array(64))("tile/0/000.p/2", 64)).toEqual(new Uint8Array(64));
    const endless = new ReadableStream({ pull: (control) => control.enqueue(new Uint8Array(1000)) });
    await expect(answer(endless)("tile/0/000", 8192)).rejects.toThrow(/more than 8192/);
  });

  it("are told apart: not there, or not to be had", async () => {
    await expect(answer(null, 404)("x", 1)).rejects.toMatchObject({ code: "not_found" });
    await expect(answer(null, 500)("x", 1)).rejects.toMatchObject({ code: "unreachable" });
    const none = httpSource("/ledger/", "default", () => Promise.reject(new TypeError("no line")));
    await expect(none("x", 1)).rejects.toMatchObject({ code: "unreachable" });
  });
});
