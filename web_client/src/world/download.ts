/** Bytes from our own origin, told of as they come. */
import { refusal } from "../net/requests";

/** `told` hears bytes done and bytes in all (0 when the server does not say). Rejects with a Refusal `load_failed`. */
export async function download(url: string, told: (done: number, total: number) => void): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin" });
  } catch (error) {
    throw refusal("load_failed", `${url}: ${String(error)}`);
  }
  if (!response.ok || !response.body) throw refusal("load_failed", `${url}: ${response.status}`);
  // Under compression the length header counts other bytes than we read, so a header of ours goes first.
  const plain = Number(response.headers.get("x-uncompressed-length"));
  const total =
    plain || (response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length")));
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let done = 0;
  for (;;) {
    const { value, done: over } = await reader.read();
    if (over) break;
    parts.push(value);
    done += value.length;
    told(done, Math.max(total, done));
  }
  const whole = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}
