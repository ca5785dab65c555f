import type { Bytes } from "./bytes";

export const HASH_BYTES = 32;

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
