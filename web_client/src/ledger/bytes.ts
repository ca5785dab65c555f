/** Bytes as text and back, each way strict: what one encoder writes is the only thing that the decoder takes. */

/** Bytes that own their memory, as WebCrypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Null when the bytes are not UTF-8. */
export function fromUtf8(data: Uint8Array): string | null {
  try {
    return decoder.decode(data);
  } catch {
    return null;
  }
}

export function hex(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Null unless lowercase hex of exactly `count` bytes. */
export function fromHex(text: string, count: number): Bytes | null {
  if (text.length !== 2 * count || !/^[0-9a-f]*$/.test(text)) return null;
  const data = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) data[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return data;
}

export function base64(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Null unless this is the one canonical standard encoding: padded, no spaces, spare bits zero. */
export function fromBase64(text: string): Bytes | null {
  let packed: string;
  try {
    packed = atob(text);
  } catch {
    return null;
  }
  return btoa(packed) === text ? Uint8Array.from(packed, (letter) => letter.charCodeAt(0)) : null;
}

export function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Below, at or above zero as `a` comes before, is, or comes after `b`. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const apart = (a[i] as number) - (b[i] as number);
    if (apart !== 0) return apart;
  }
  return a.length - b.length;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return compare(a, b) === 0;
}

/** Big-endian, 8 bytes, of an integer up to 2^53 - 1. */
export function u64(value: number): Bytes {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, BigInt(value));
  return data;
}

/** Null when it is above 2^53 - 1: no log of ours counts so far. */
export function readU64(data: Uint8Array, at: number): number | null {
  const value = new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

/** Null unless ASCII decimal without leading zeros, up to 2^53 - 1. */
export function decimal(text: string): number | null {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
