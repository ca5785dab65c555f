/** What the ledger's service tells and takes. Nothing that it tells is believed where it can be checked. */
import { fromUtf8 } from "../bytes";
import type { Value } from "../canonical";
import { Unable } from "../errors";
import { httpSource, WAIT_MS } from "../source";

export const BASE = "/ledger/";
const MOST_ANSWER_BYTES = 4_000_000;
export const source = httpSource(BASE);
/** Past the browser's cache: for what changes, and for a second look at what seems wrong. */
export const fresh = httpSource(BASE, "reload");

export interface Status {
  origin: string;
  vkey: string;
  size: number;
  policy: string;
}

export async function ask<T>(path: string): Promise<T> {
  const data = await fresh(`api/${path}`, MOST_ANSWER_BYTES);
  try {
    return JSON.parse(fromUtf8(data) ?? "") as T;
  } catch {
    throw new Unable("unreachable", path, "the answer is not JSON.");
  }
}

export interface Sent {
  index: number;
}

/** The service's own refusal, in its words. */
export class Declined extends Error {}

/** Sends a signed entry. Throws Declined with the ledger's reason, or Unable. */
export async function send(body: string, signatures: { key: string; signature: string }[]): Promise<Sent> {
  const wanted: { [name: string]: Value } = { body, signatures, wait: "promise" };
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(`${BASE}api/entries`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(wanted),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    answer = await response.json().catch(() => null);
  } catch (error) {
    throw new Unable("unreachable", "entries", `the server did not answer (${String(error)}).`);
  }
  const told = (answer ?? {}) as { index?: unknown; error?: { message?: unknown } };
  if (!response.ok)
    throw new Declined(typeof told.error?.message === "string" ? told.error.message : response.statusText);
  const index = told.index;
  if (typeof index !== "number" || !Number.isSafeInteger(index))
    throw new Unable("unreachable", "entries", "the answer names no entry.");
  return { index };
}
