/** The words of the ledger's pages; only the page's language is fetched. */
import { Words } from "../../i18n/words";
import type { Messages } from "../../i18n/catalog";

const FILES = import.meta.glob<Messages>("../../../../server/i18n/*/ledger.json", { import: "default" });

export async function loadWords(tag: string): Promise<Words> {
  const language = tag.startsWith("zh") ? "zh" : "en";
  const load = FILES[`../../../../server/i18n/${language}/ledger.json`];
  return new Words(language, load ? await load() : {});
}

/** A day and time in the page's language. */
export function moment(words: Words, unix_ms: number): string {
  const tag = words.language === "zh" ? "zh-Hans" : words.language;
  return new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }).format(unix_ms);
}

/** A key or hash as people compare it. */
export function short(digest: string): string {
  return `${digest.slice(0, 4)}…${digest.slice(-4)}`;
}
