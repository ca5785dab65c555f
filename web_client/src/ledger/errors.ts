/** What can go wrong with a log, by the same codes as the server's `ledger/errors.py`. Checking throws; it never answers false. */

/** Evidence of damage or fraud. */
export type InvalidCode =
  "bad_note" | "bad_proof" | "bad_tile" | "bad_entry" | "bad_certificate" | "bad_signature" | "forked";
/** Something that may not be added. */
export type RefusedCode =
  | "too_long"
  | "not_json"
  | "not_canonical"
  | "float_found"
  | "bad_field"
  | "bad_key"
  | "missing_signature"
  | "surplus_signature";
/** Nothing is proved either way: this browser or the line is the obstacle. */
export type UnableCode = "unsupported" | "unreachable" | "not_found" | "no_storage" | "pending";

export class LedgerError extends Error {
  /** `place` names where it was found, such as "tile/0/x001/067" or "entry 4711". */
  constructor(
    readonly code: InvalidCode | RefusedCode | UnableCode,
    readonly place: string,
    sentence: string,
  ) {
    super(`${place}: ${sentence}`);
    this.name = new.target.name;
  }
}

export class Invalid extends LedgerError {
  constructor(code: InvalidCode, place: string, sentence: string) {
    super(code, place, sentence);
  }
}

export class Refused extends LedgerError {
  constructor(code: RefusedCode, place: string, sentence: string) {
    super(code, place, sentence);
  }
}

export class Unable extends LedgerError {
  constructor(code: UnableCode, place: string, sentence: string) {
    super(code, place, sentence);
  }
}
