import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chooseLanguage } from "../../src/i18n/catalog";
import { Words } from "../../src/i18n/words";
import en from "../../../server/i18n/en/hall.json";
import zh from "../../../server/i18n/zh/hall.json";

/** Same in both languages because it is a sign, not a word. */
const SIGNS = new Set(["settings.degrees.value", "loading.count", "loading.bytes"]);
const PLURAL = /\.(zero|one|two|few|many)$/;
const english: Record<string, string> = en;
const chinese: Record<string, string> = zh;

describe("the two languages", () => {
  it("have the same keys, plural forms aside", () => {
    const keys = (messages: object): string[] =>
      Object.keys(messages)
        .filter((key) => !PLURAL.test(key))
        .sort();
    expect(keys(zh)).toEqual(keys(en));
  });

  it("ask for the same parameters and are not copies", () => {
    for (const [key, words] of Object.entries(chinese)) {
      const parameters = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
      expect(parameters(words), key).toEqual(parameters(english[key]!));
      if (!SIGNS.has(key)) expect(words, key).not.toBe(english[key]);
    }
  });

  it("speak as the house does", () => {
    for (const [key, words] of Object.entries({ ...english })) expect(words, key).not.toMatch(/!|oops|sorry/i);
    for (const [key, words] of Object.entries(chinese))
      expect(words, key).not.toMatch(/[!！亲哦]|[\u4e00-\u9fff][,.?;:]/);
  });

  it("have every key that the interface names", () => {
    const root = new URL("../../src/", import.meta.url);
    const files = ["ui", "a11y", "editor/ui"].flatMap((folder) =>
      readdirSync(new URL(folder, root)).map((file) => `${folder}/${file}`),
    );
    const named = files
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        [...readFileSync(new URL(file, root), "utf8").matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1]!),
      );
    expect(named.length).toBeGreaterThan(100);
    for (const key of named) expect(english[key] ?? english[`${key}.other`], key).toBeDefined();
  });
});

describe("words", () => {
  it("choose plural forms by language and put parameters in as they are", () => {
    const [one, two] = [1, 1234].map((count) => new Words("en", en).t("bar.people", { count }));
    expect([one, two]).toEqual(["1 person here", "1,234 people here"]);
    expect(new Words("zh", zh).t("bar.people", { count: 1 })).toBe("1 人在此");
    expect(new Words("en", en).t("person.go", { name: "{count} <b>" })).toBe("Go to {count} <b>");
    expect(new Words("en", en).t("no.such.key")).toBe("no.such.key");
  });

  it("are in the language that somebody wishes, else English", () => {
    expect([["zh-CN"], ["fr", "en-GB"], ["xx"]].map(chooseLanguage)).toEqual(["zh", "en", "en"]);
  });
});
