import { hex, type Bytes } from "./bytes";

/** 128 bits that sort by time, in the layout of UUIDv7, as 32 hex characters. `random`: (10,). */
export function uuid7(now_ms: number, random: Bytes = crypto.getRandomValues(new Uint8Array(10))): string {
  const data = new Uint8Array(16);
  new DataView(data.buffer).setBigUint64(0, BigInt(now_ms) << 16n);
  data.set(random, 6);
  data[6] = ((data[6] as number) & 0x0f) | 0x70;
  data[8] = ((data[8] as number) & 0x3f) | 0x80;
  return hex(data);
}
