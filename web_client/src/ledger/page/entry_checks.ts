/** The checks of the entries that a page shows: their bytes, signatures and places, and that the page tells nothing else. */
import type { Words } from "../../i18n/words";
import { fromUtf8, hex } from "../bytes";
import { Invalid, Unable } from "../errors";
import { decodeLeaf, verifyEntry, type Entry } from "../leaf";
import { leafHash, verifyInclusion } from "../merkle";
import { sha256 } from "../sha256";
import type { Tree } from "../tree";
import type { Check } from "./checks";
import { short } from "./words";

/** What a page says of an entry. */
export interface Shown {
  index: number;
  entry: string;
  type: string;
  by: string;
  logged_ms: number;
}

/** The entry out of the list, its signatures checked, and equal to what is shown. Throws bad_entry, bad_signature, pending. */
export async function checkShown(tree: Tree, shown: Shown): Promise<Entry> {
  const place = `entry ${shown.index}`;
  if (shown.index >= tree.size)
    throw new Unable("pending", place, `it is not yet in the signed list of ${tree.size} entries.`);
  const entry = await verifyEntry(decodeLeaf(await tree.entry(shown.index), place), place);
  const listed: Shown = {
    index: shown.index,
    entry: hex(await sha256(entry.raw)),
    type: String(entry.body["type"]),
    by: String(entry.body["by"]),
    logged_ms: entry.logged_ms,
  };
  for (const name of Object.keys(listed) as (keyof Shown)[])
    if (listed[name] !== shown[name])
      throw new Invalid("bad_entry", place, `the page shows ${name} ${shown[name]}, the list has ${listed[name]}.`);
  return entry;
}

/** One entry in full. `raw`: the text that the page gives as its bytes. */
export function entryChecks(tree: () => Tree, shown: Shown, raw: string, leaf_hash: string, words: Words): Check[] {
  const place = `entry ${shown.index}`;
  return [
    [
      "whole",
      async () => {
        if (shown.index >= tree().size)
          throw new Unable("pending", place, `it is not yet in the signed list of ${tree().size} entries.`);
        const leaf = decodeLeaf(await tree().entry(shown.index), place);
        const id = hex(await sha256(leaf.raw));
        if (id !== shown.entry || fromUtf8(leaf.raw) !== raw)
          throw new Invalid("bad_entry", place, `the list has ${id}, the page shows ${shown.entry}.`);
        return { detail: `sha256 ${short(id)}` };
      },
    ],
    [
      "signed",
      async () => {
        const entry = await checkShown(tree(), shown);
        return { detail: `ed25519 ${entry.signatures.map((one) => short(hex(one.key))).join(", ")}` };
      },
    ],
    [
      "included",
      async () => {
        const leaf = await leafHash(await tree().entry(shown.index));
        if (hex(leaf) !== leaf_hash)
          throw new Invalid(
            "bad_entry",
            place,
            `the page shows the leaf hash ${leaf_hash}, the list has ${hex(leaf)}.`,
          );
        const proof = await tree().inclusion(shown.index);
        await verifyInclusion(leaf, shown.index, tree().size, proof, tree().root);
        return { detail: words.t("ledger.step.included.text", { count: proof.length }) };
      },
    ],
  ];
}

/** All entries of a table; `mark` is told of each. Those that wait for the next list are left unmarked. */
export function rowsCheck(
  tree: () => Tree,
  rows: readonly Shown[],
  mark: (row: Shown, good: boolean) => void,
  words: Words,
): Check {
  return [
    "rows",
    async () => {
      let failed: unknown;
      let good = 0;
      for (const row of rows) {
        try {
          if (row.index >= tree().size) continue;
          await checkShown(tree(), row);
          good += 1;
          mark(row, true);
        } catch (error) {
          failed ??= error;
          if (error instanceof Invalid) mark(row, false);
        }
      }
      if (failed) throw failed;
      return { detail: words.t("ledger.step.rows.text", { count: good }) };
    },
  ];
}
