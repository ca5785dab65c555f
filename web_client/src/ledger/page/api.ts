/** What the ledger's service tells and takes. Nothing that it tells is believed where it can be checked. */
import { fromHex, fromUtf8, utf8, type Bytes } from "../bytes";
import type { Value } from "../canonical";
import { KEY_BYTES, SIGNATURE_BYTES } from "../ed25519";
import { Unable } from "../errors";
import { parseVkey } from "../note";
import { verifyPromise, type SignedPromise } from "../promise";
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

export interface Sent extends SignedPromise {
  index: number;
}

/** The service's own refusal, in its words. */
export class Declined extends Error {}

/** Sends a signed entry and checks the log's promise. Throws Declined with the ledger's reason, Invalid for a promise that is none, or Unable. */
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
  const told = (answer ?? {}) as Partial<Sent> & { error?: { message?: unknown } };
  if (!response.ok)
    throw new Declined(typeof told.error?.message === "string" ? told.error.message : response.statusText);
  const { vkey } = await ask<Status>("status");
  const given = signatures.map((one) => ({
    key: fromHex(one.key, KEY_BYTES) as Bytes,
    signature: fromHex(one.signature, SIGNATURE_BYTES) as Bytes,
  }));
  if (typeof told.promise !== "object" || typeof told.signature !== "string" || told.index !== told.promise.index)
    throw new Unable("unreachable", "entries", "the answer has no promise.");
  const sent = told as Sent;
  await verifyPromise(sent, await parseVkey(vkey), utf8(body), given);
  return sent;
}
