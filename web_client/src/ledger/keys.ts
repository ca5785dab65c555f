/** This device's keys: made here, kept by the browser so that no script can read them, and never sent. */
import type { Bytes } from "./bytes";
import { hex } from "./bytes";
import { type Drawer, within } from "./database";
import { generate, sign } from "./ed25519";
import { Unable } from "./errors";
import { signedBytes } from "./leaf";
import { sha256 } from "./sha256";

const DRAWER: Drawer = "keys";

/**
 * new: made, not yet in the log. next: waits to replace the key `before`, which has named its hash in the log. active: in the log.
 * ended: replaced or revoked.
 */
export type KeyState = "new" | "next" | "active" | "ended";

export interface DeviceKey {
  /** The public key, hex. */
  id: string;
  privateKey: CryptoKey;
  state: KeyState;
  /** The account it signs for (an account's first key), once it is in the log. */
  account: string | null;
  /** Of a `next` key: the key it may replace. */
  before: string | null;
  made_ms: number;
}

export interface KeyStore {
  list(): Promise<DeviceKey[]>;
  put(key: DeviceKey): Promise<void>;
  /** It cannot be had back. */
  forget(id: string): Promise<void>;
}

export class DatabaseKeys implements KeyStore {
  constructor(readonly database: IDBDatabase) {}

  async list(): Promise<DeviceKey[]> {
    const found = await within(this.database, DRAWER, "readonly", (store) => store.getAll() as IDBRequest<DeviceKey[]>);
    return found.sort((a, b) => a.made_ms - b.made_ms);
  }

  async put(key: DeviceKey): Promise<void> {
    await within(this.database, DRAWER, "readwrite", (store) => store.put(key));
  }

  async forget(id: string): Promise<void> {
    await within(this.database, DRAWER, "readwrite", (store) => store.delete(id));
  }
}

/** On a shared computer: nothing is kept, and nothing can be. */
export class NoKeys implements KeyStore {
  list(): Promise<DeviceKey[]> {
    return Promise.resolve([]);
  }

  put(): Promise<void> {
    return Promise.reject(new Unable("no_storage", "this computer", "it is shared, so no key is kept on it."));
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }
}

/** A new key, kept before it is answered. `before`: the key it may replace one day. */
export async function makeKey(store: KeyStore, now_ms: number, before: string | null = null): Promise<DeviceKey> {
  const { privateKey, publicKey } = await generate();
  const state = before === null ? "new" : "next";
  const key: DeviceKey = { id: hex(publicKey), privateKey, state, account: null, before, made_ms: now_ms };
  await store.put(key);
  return key;
}

/** The signature of an entry's canonical bytes. */
export function signEntry(key: Pick<DeviceKey, "privateKey">, raw: Uint8Array): Promise<Bytes> {
  return sign(key.privateKey, signedBytes(raw));
}

/** How a key that comes later is named beforehand: SHA-256 of its 32 bytes, hex. */
export async function commitment(publicKey: Bytes): Promise<string> {
  return hex(await sha256(publicKey));
}
