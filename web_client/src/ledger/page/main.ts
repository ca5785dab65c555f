/** The ledger's pages: what the server wrote is checked here, against its own files and against what this browser remembers. */
import "../../pages/main";
import "./ledger.css";
import { el } from "../../ui/dom";
import type { Words } from "../../i18n/words";
import { openDatabase } from "../database";
import { Alarmed, DatabaseMemory, PageMemory, type Memory } from "../memory";
import { showAlarm } from "./alarm";
import { ask, fresh, source, type Status } from "./api";
import { runChecks, type Check, type Verdict } from "./checks";
import { entryChecks, rowsCheck, type Shown } from "./entry_checks";
import { sign } from "./icons";
import { LogChecks } from "./log_checks";
import { ProofPanel } from "./panel";
import { loadWords } from "./words";

const page = document.getElementById("ledger");
if (page) void start(page);

async function start(page: HTMLElement): Promise<void> {
  const words = await loadWords(document.documentElement.lang);
  const database = await openDatabase().catch(() => null);
  const memory: Memory = database ? new DatabaseMemory(database) : new PageMemory();
  const proof = document.getElementById("proof");
  const panel = proof ? new ProofPanel(proof, words) : null;
  const check = async (): Promise<void> => {
    panel?.running();
    const verdict = await checkPage(page, words, memory);
    panel?.show(verdict, () => void check());
    page.dataset["checked"] = verdict.state;
    if (verdict.error instanceof Alarmed) alarm(page, verdict.error, words, memory, check);
  };
  if (page.dataset["page"] === "keys") {
    const { KeysPage } = await import("./keys_page");
    await new KeysPage(page, words, database, Date.now).open();
  }
  await check();
}

async function checkPage(page: HTMLElement, words: Words, memory: Memory): Promise<Verdict> {
  const now_ms = (): number => performance.now();
  let log: LogChecks;
  try {
    log = new LogChecks(await ask<Status>("status"), source, fresh, memory, words, Date.now);
  } catch (error) {
    return runChecks([["checkpoint", () => Promise.reject(error as Error)]], now_ms);
  }
  return runChecks([...log.all, ...pageChecks(page, log, words)], now_ms);
}

/** Whatever entries the page shows. */
function pageChecks(page: HTMLElement, log: LogChecks, words: Words): Check[] {
  const one = document.getElementById("entry");
  if (page.dataset["page"] === "entry" && one) {
    const raw = document.getElementById("raw")?.textContent ?? "";
    const body = JSON.parse(raw) as { type: string; by: string };
    return entryChecks(
      () => log.tree,
      { ...shownBy(one), type: body.type, by: body.by },
      raw,
      one.dataset["leaf"] ?? "",
      words,
    );
  }
  const rows = [...page.querySelectorAll<HTMLElement>("tr[data-index]")];
  if (rows.length === 0) return [];
  const cells = new Map(rows.map((row) => [Number(row.dataset["index"]), row.querySelector(".mark")]));
  const mark = (row: Shown, good: boolean): void => {
    const words_ = words.t(good ? "ledger.mark.ok" : "ledger.mark.bad");
    const seal = el(
      "span",
      { class: good ? "mark--ok" : "mark--bad", title: words_ },
      el("span", { class: "vh" }, words_),
    );
    seal.prepend(sign(good ? "seal" : "sealbroken"));
    cells.get(row.index)?.replaceChildren(seal);
  };
  return [rowsCheck(() => log.tree, rows.map(shownBy), mark, words)];
}

function shownBy(element: HTMLElement): Shown {
  const told = element.dataset;
  return {
    index: Number(told["index"]),
    entry: told["entry"] ?? "",
    type: told["type"] ?? "",
    by: told["by"] ?? "",
    logged_ms: Number(told["logged"]),
  };
}

function alarm(page: HTMLElement, error: Alarmed, words: Words, memory: Memory, again: () => Promise<void>): void {
  const place = document.getElementById("alarm");
  if (!place || place.hasChildNodes()) return;
  for (const mark of page.querySelectorAll(".mark")) mark.replaceChildren();
  showAlarm(place, error.alarm, words, async () => {
    await memory.forget(error.alarm.remembered.origin);
    place.replaceChildren();
    document.body.classList.remove("has-alarm");
    await again();
  });
}
