import { describe, expect, it } from "vitest";
import { fromHex, hex, type Bytes } from "../../src/ledger/bytes";
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from "../../src/ledger/merkle";
import { tilePath, tileWidth } from "../../src/ledger/tiles";
import { Tree } from "../../src/ledger/tree";
import { Log, path, proof, rootOfLeaves } from "./log";

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 31, 32, 33, 50];
const flipped = (hash: Bytes): Bytes => hash.map((byte, i) => (i === 0 ? byte ^ 1 : byte));

/** Inputs and roots that Certificate Transparency's implementations share. */
const CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const CT_ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("roots", () => {
  it("are those that Certificate Transparency has for its inputs", async () => {
    const leaves = await Promise.all(CT_LEAVES.map((text) => leafHash(fromHex(text, text.length / 2) as Bytes)));
    for (const [i, root] of CT_ROOTS.entries()) expect(hex(await rootOf(leaves.slice(0, i + 1)))).toBe(root);
  });
});

describe("inclusion", () => {
  it("holds for every entry of every size, and for no other index, size, leaf or proof", async () => {
    for (const size of SIZES) {
      const { hashes, root } = Log.of(size);
      for (let index = 0; index < size; index += 1) {
        const hashesUp = path(index, hashes);
        const leaf = hashes[index] as Bytes;
        await verifyInclusion(leaf, index, size, hashesUp, root);
        const wrong: Parameters<typeof verifyInclusion>[] = [
          [flipped(leaf), index, size, hashesUp, root],
          [leaf, index, size, hashesUp, flipped(root)],
          [leaf, index, size, [...hashesUp, root], root],
          [leaf, size, size, hashesUp, root],
          [leaf, -1, size, hashesUp, root],
        ];
        if (size > 1) {
          wrong.push([leaf, (index + 1) % size, size, hashesUp, root], [leaf, index, size, hashesUp.slice(1), root]);
          wrong.push([leaf, index, size, hashesUp.map((hash, i) => (i === 0 ? flipped(hash) : hash)), root]);
        }
        for (const one of wrong) await expect(verifyInclusion(...one)).rejects.toMatchObject({ code: "bad_proof" });
      }
    }
  });
});

describe("consistency", () => {
  it("holds between every two sizes, and not once anything differs", async () => {
    for (const size of SIZES) {
      const { hashes, root } = Log.of(size);
      for (let old = 1; old <= size; old += 1) {
        const oldRoot = rootOfLeaves(hashes.slice(0, old));
        const between = proof(old, hashes);
        await verifyConsistency(old, oldRoot, size, root, between);
        const wrong: Parameters<typeof verifyConsistency>[] = [
          [old, flipped(oldRoot), size, root, between],
          [old, oldRoot, size, root, [...between, root]],
          [size + 1, root, size, root, between],
          [0, rootOfLeaves([]), size, root, []],
        ];
        if (between.length > 0) {
          wrong.push([old, oldRoot, size, flipped(root), between], [old, oldRoot, size, root, between.slice(0, -1)]);
          wrong.push([old, oldRoot, size, root, between.map((hash, i) => (i === 0 ? flipped(hash) : hash))]);
        }
        for (const one of wrong) await expect(verifyConsistency(...one)).rejects.toMatchObject({ code: "bad_proof" });
      }
    }
  });
});

describe("tiles", () => {
  it("stand where the specification puts them", () => {
    expect(tilePath(0, 1234067, 256)).toBe("tile/0/x001/x234/067");
    expect(tilePath(2, 0, 1)).toBe("tile/2/000.p/1");
    expect(tilePath("entries", 273, 112)).toBe("tile/entries/273.p/112");
    expect([0, 1, 2].map((level) => tileWidth(level, Math.floor(70_000 / 256 ** (level + 1)), 70_000))).toEqual([
      112, 17, 1,
    ]);
  });

  it("give the same proofs as the definitions do", async () => {
    for (const size of [1, 2, 5, 255, 256, 257, 300, 511, 512, 600]) {
      const log = Log.of(size);
      const tree = await Tree.open(log.source, size, log.root);
      for (const index of new Set([0, 1, 255, 256, size - 1, size >> 1].filter((one) => one < size))) {
        expect(await tree.inclusion(index)).toEqual(path(index, log.hashes));
        expect(await tree.leaf(index)).toEqual(log.hashes[index]);
        expect(await tree.entry(index)).toEqual(log.leaves[index]);
      }
      for (const old of new Set([1, 2, 3, 128, 255, 256, 257, size - 1, size].filter((one) => one > 0 && one <= size)))
        expect(await tree.consistency(old)).toEqual(proof(old, log.hashes));
    }
  });

  it("work over three levels", async () => {
    const log = Log.of(66_000);
    const tree = await Tree.open(log.source, log.size, log.root);
    expect(await tree.inclusion(40_000)).toEqual(path(40_000, log.hashes));
    expect(await tree.consistency(65_537)).toEqual(proof(65_537, log.hashes));
    expect(log.asked).toContain("tile/2/000.p/1");
  });

  it("are told by name when a byte of them is wrong", async () => {
    const log = Log.of(600);
    const spoil = (name: string) => async (wanted: string, most: number) => {
      const data = await log.source(wanted, most);
      return wanted === name ? flipped(data) : data;
    };
    for (const edge of ["tile/0/002.p/88", "tile/1/000.p/2"])
      await expect(Tree.open(spoil(edge), 600, log.root)).rejects.toMatchObject({ code: "bad_tile" });
    const tree = await Tree.open(spoil("tile/0/001"), 600, log.root);
    await expect(tree.leaf(300)).rejects.toMatchObject({ code: "bad_tile", place: "tile/0/001" });
    expect(await tree.leaf(3)).toEqual(log.hashes[3]);
    const bundles = await Tree.open(spoil("tile/entries/001"), 600, log.root);
    await expect(bundles.entry(300)).rejects.toMatchObject({ code: "bad_entry" });
    const cut = await Tree.open(
      async (wanted, most) => (await log.source(wanted, most)).slice(wanted.includes("entries") ? 1 : 0),
      600,
      log.root,
    );
    await expect(cut.entry(599)).rejects.toMatchObject({ code: "bad_entry" });
  });

  it("may be full where partial ones were dropped, and are asked for once", async () => {
    const long = Log.of(512);
    const short = Log.of(300);
    const dropped = (wanted: string, most: number) =>
      /00[01]\.p/.test(wanted) && !wanted.startsWith("tile/1")
        ? short.source("dropped", most)
        : long.source(wanted, most);
    const tree = await Tree.open(dropped, 300, short.root);
    expect(await tree.entry(299)).toEqual(short.leaves[299]);
    expect(await tree.inclusion(299)).toEqual(path(299, short.hashes));
    expect(new Set(long.asked).size).toBe(long.asked.length);
  });
});
