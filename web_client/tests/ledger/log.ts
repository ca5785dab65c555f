/** A whole log in memory, made the plain way: the definitions of RFC 6962 word for word, and Node's own cryptography instead of the browser's. */
import { createHash, createPrivateKey, sign as signBytes, type KeyObject } from "node:crypto";
import { base64, concat, hex, utf8, type Bytes } from "../../src/ledger/bytes";
import { encode, type Members } from "../../src/ledger/canonical";
import { Unable } from "../../src/ledger/errors";
import { encodeLeaf, signedBytes, signers } from "../../src/ledger/leaf";
import type { Source } from "../../src/ledger/tree";

export const ORIGIN = "library.example/ledger";

export function sha(...parts: Uint8Array[]): Bytes {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function leafOf(data: Uint8Array): Bytes {
  return sha(Uint8Array.of(0), data);
}

function half(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}

/** MTH(D[n]). */
export function rootOfLeaves(leaves: readonly Bytes[]): Bytes {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0] as Bytes;
  const k = half(leaves.length);
  return sha(Uint8Array.of(1), rootOfLeaves(leaves.slice(0, k)), rootOfLeaves(leaves.slice(k)));
}

/** PATH(m, D[n]). */
export function path(m: number, leaves: readonly Bytes[]): Bytes[] {
  if (leaves.length <= 1) return [];
  const k = half(leaves.length);
  return m < k
    ? [...path(m, leaves.slice(0, k)), rootOfLeaves(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), rootOfLeaves(leaves.slice(0, k))];
}

/** PROOF(m, D[n]), as SUBPROOF(m, D[n], true). */
export function proof(m: number, leaves: readonly Bytes[], whole = true): Bytes[] {
  if (m === leaves.length) return whole ? [] : [rootOfLeaves(leaves)];
  const k = half(leaves.length);
  return m <= k
    ? [...proof(m, leaves.slice(0, k), whole), rootOfLeaves(leaves.slice(k))]
    : [...proof(m - k, leaves.slice(k), false), rootOfLeaves(leaves.slice(0, k))];
}

export class Signer {
  readonly #key: KeyObject;
  readonly key: Bytes;

  constructor(seed: Bytes) {
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    this.#key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    this.key = new Uint8Array(Buffer.from(this.#key.export({ format: "jwk" }).x as string, "base64url"));
  }

  sign(message: Uint8Array): Bytes {
    return new Uint8Array(signBytes(null, message, this.#key));
  }

  vkey(name: string, type = 1): string {
    return `${name}+${hex(this.id(name, type))}+${base64(concat(Uint8Array.of(type), this.key))}`;
  }

  id(name: string, type = 1): Bytes {
    return sha(utf8(`${name}\n`), Uint8Array.of(type), this.key).slice(0, 4);
  }

  line(name: string, text: string): string {
    return `\u2014 ${name} ${base64(concat(this.id(name), this.sign(utf8(text))))}\n`;
  }

  cosignature(name: string, text: string, time_s: number): string {
    const time = new Uint8Array(8);
    new DataView(time.buffer).setBigUint64(0, BigInt(time_s));
    const signature = this.sign(utf8(`cosignature/v1\ntime ${time_s}\n${text}`));
    return `\u2014 ${name} ${base64(concat(this.id(name, 4), time, signature))}\n`;
  }
}

export function signer(number: number): Signer {
  return new Signer(sha(utf8(`test seed ${number}`)));
}

/** Leaf data of an entry signed by everybody it names. */
export function leafData(body: Members, logged_ms: number, known: readonly Signer[]): Bytes {
  const raw = encode(body);
  const signatures = signers(body).map((key) => {
    const by = known.find((one) => hex(one.key) === key) as Signer;
    return { key: by.key, signature: by.sign(signedBytes(raw)) };
  });
  return encodeLeaf({ logged_ms, raw, signatures });
}

export class Log {
  readonly leaves: Bytes[];
  readonly hashes: Bytes[];
  readonly signer = signer(0);
  /** What was asked for, in order. */
  readonly asked: string[] = [];

  constructor(leaves: readonly Bytes[]) {
    this.leaves = [...leaves];
    this.hashes = this.leaves.map(leafOf);
  }

  static of(count: number, salt = ""): Log {
    return new Log(Array.from({ length: count }, (_, i) => utf8(`leaf ${i}${salt}`)));
  }

  get size(): number {
    return this.leaves.length;
  }

  get root(): Bytes {
    return rootOfLeaves(this.hashes);
  }

  text(): string {
    return `${ORIGIN}\n${this.size}\n${base64(this.root)}\n`;
  }

  checkpoint(...cosigned: string[]): string {
    return `${this.text()}\n${this.signer.line(ORIGIN, this.text())}${cosigned.join("")}`;
  }

  /** The bytes of a file below the log's address; as many hashes as the path says. */
  file(wanted: string): Bytes | null {
    const found = /^tile\/(entries|\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(wanted);
    if (!found) return null;
    const level = found[1] === "entries" ? 0 : Number(found[1]);
    const index = Number((found[2] as string).replaceAll(/[x/]/g, ""));
    const width = Number(found[3] ?? 256);
    const each = 256 ** level;
    const parts: Bytes[] = [];
    for (let i = index * 256; i < index * 256 + width; i += 1) {
      if ((i + 1) * each > this.size) return null;
      const leaf = this.leaves[i] as Bytes;
      if (found[1] === "entries") parts.push(Uint8Array.of(leaf.length >> 8, leaf.length & 255), leaf);
      else parts.push(rootOfLeaves(this.hashes.slice(i * each, (i + 1) * each)));
    }
    return concat(...parts);
  }

  readonly source: Source = (wanted) => {
    this.asked.push(wanted);
    const file = this.file(wanted);
    return file ? Promise.resolve(file) : Promise.reject(new Unable("not_found", wanted, "it is not there."));
  };
}
