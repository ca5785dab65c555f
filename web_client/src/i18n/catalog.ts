/** The languages' files. Only the wanted language is fetched, as a chunk of its own from our own origin. */
export type Messages = Readonly<Record<string, string>>;

type Loader = () => Promise<unknown>;
const FILES = import.meta.glob<Messages>(["../../../server/i18n/*/errors.json", "../../../server/i18n/*/hall.json"], {
  import: "default",
}) as Record<string, Loader>;

/** Name of each language in itself; a language's folder may be added without a line here. */
const OWN_NAMES: Readonly<Record<string, string>> = { en: "English", zh: "简体中文" };
const SHORT_NAMES: Readonly<Record<string, string>> = { en: "EN", zh: "中文" };

export const LANGUAGES: readonly string[] = [
  ...new Set(Object.keys(FILES).map((path) => path.split("/").at(-2) ?? "en")),
].sort();

export function ownName(language: string): string {
  return OWN_NAMES[language] ?? language;
}

export function shortName(language: string): string {
  return SHORT_NAMES[language] ?? language.toUpperCase();
}

/** The best of `LANGUAGES` for wishes such as `zh-CN`; English when none fits. */
export function chooseLanguage(wishes: readonly string[]): string {
  for (const wish of wishes) {
    const base = wish.toLowerCase().split("-")[0] ?? "";
    if (LANGUAGES.includes(base)) return base;
  }
  return "en";
}

/** Every message of a language; the hall's own words win over the pages' where a key is in both. */
export async function loadMessages(language: string): Promise<Messages> {
  const wanted = Object.entries(FILES)
    .filter(([path]) => path.includes(`/i18n/${language}/`))
    .sort(([a], [b]) => a.localeCompare(b));
  const parts = await Promise.all(wanted.map(([, load]) => load()));
  return Object.assign({}, ...(parts as Messages[]));
}
