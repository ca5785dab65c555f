/** The one way to write a value as bytes: RFC 8785 without its hard parts (no floats, no null, ASCII names, NFC strings without control characters). */
import type { Bytes } from "./bytes";
import { fromUtf8, utf8 } from "./bytes";
import { Refused } from "./errors";

export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };
export type Members = { readonly [name: string]: Value };

export const MOST_BODY_BYTES = 60_000;
const DEEPEST = 16;
const PLACE = "the entry's body";

/** Throws float_found or not_canonical for what the profile does not have, too_long for more than `MOST_BODY_BYTES`. */
export function encode(value: Value): Bytes {
  const body = utf8(write(value, 0));
  if (body.length > MOST_BODY_BYTES) throw tooLong(body.length);
  return body;
}

/** The members of a body, if these are its canonical bytes. Throws a Refused that says what is wrong with them. */
export function decode(body: Uint8Array): Members {
  if (body.length > MOST_BODY_BYTES) throw tooLong(body.length);
  const text = fromUtf8(body);
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    throw new Refused("not_json", PLACE, "it is not JSON in UTF-8.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Refused("not_json", PLACE, "it is not a JSON object.");
  // Doubled members, spaces, needless escapes, another order, 1.0 and 1e3 all come out different.
  if (write(value as Value, 0) !== text) throw notCanonical("it is not in canonical form (RFC 8785).");
  return value as Members;
}

function write(value: Value, depth: number): string {
  if (depth > DEEPEST) throw notCanonical("values are nested deeper than any entry needs.");
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isInteger(value)) throw new Refused("float_found", PLACE, "numbers are integers.");
    if (!Number.isSafeInteger(value)) throw notCanonical("an integer is larger than 2^53 - 1.");
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (value.normalize("NFC") !== value || /[\p{Cc}\p{Cs}]/u.test(value))
      throw notCanonical("strings are in normal form C and have no control characters.");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Value) => write(item, depth + 1)).join(",")}]`;
  if (typeof value !== "object" || value === null)
    throw notCanonical("there is no null: a member without a value is left out.");
  const names = Object.keys(value).sort();
  if (names.some((name) => !/^[ -~]*$/.test(name))) throw notCanonical("member names are ASCII.");
  const members = value as Members;
  return `{${names.map((name) => `${JSON.stringify(name)}:${write(members[name] as Value, depth + 1)}`).join(",")}}`;
}

function notCanonical(sentence: string): Refused {
  return new Refused("not_canonical", PLACE, sentence);
}

function tooLong(size_bytes: number): Refused {
  return new Refused("too_long", PLACE, `it has ${size_bytes} bytes; at most ${MOST_BODY_BYTES} are taken.`);
}
