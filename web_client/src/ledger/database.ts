/** This browser's own drawer for the ledger: the last checkpoints it saw, and its keys. Nothing in it is ever sent. */
import { Unable } from "./errors";

const NAME = "carrel-ledger";
const VERSION = 1;
export type Drawer = "checkpoints" | "keys";
const KEY_PATHS: Readonly<Record<Drawer, string>> = { checkpoints: "origin", keys: "id" };

/** Throws no_storage where the browser gives none, as some do in private windows. */
export function openDatabase(factory: IDBFactory | undefined = globalThis.indexedDB): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const refused = (): void =>
      reject(
        new Unable("no_storage", "this browser", "it stores nothing for this site, so nothing can be remembered."),
      );
    if (!factory) return refused();
    const opening = factory.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      for (const [drawer, keyPath] of Object.entries(KEY_PATHS)) opening.result.createObjectStore(drawer, { keyPath });
    };
    opening.onerror = opening.onblocked = refused;
    opening.onsuccess = () => resolve(opening.result);
  });
}

/** The result of one request, once what it wrote is on the disk. */
export function within<T>(
  database: IDBDatabase,
  drawer: Drawer,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(drawer, mode, { durability: "strict" });
    const request = act(transaction.objectStore(drawer));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () =>
      reject(
        new Unable("no_storage", "this browser", `it could not store: ${transaction.error?.message ?? "stopped"}`),
      );
  });
}
