/** Files of a log over HTTP, each with the most bytes it may have and the longest one waits. */
import { concat, type Bytes } from "./bytes";
import { Unable } from "./errors";
import type { Source } from "./tree";

export const WAIT_MS = 20_000;

/** `base` ends with a slash. `cache`: tiles never change, so the browser may keep them; "reload" asks for them anew all the same. */
export function httpSource(base: string, cache: RequestCache = "default", get: typeof fetch = fetch): Source {
  return (path, most_bytes) => download(get, base + path, cache, path, most_bytes);
}

async function download(
  get: typeof fetch,
  url: string,
  cache: RequestCache,
  place: string,
  most_bytes: number,
): Promise<Bytes> {
  let response: Response;
  try {
    response = await get(url, { credentials: "same-origin", cache, signal: AbortSignal.timeout(WAIT_MS) });
  } catch (error) {
    throw new Unable("unreachable", place, `the server did not answer (${String(error)}).`);
  }
  if (response.status === 404) throw new Unable("not_found", place, "the server does not have it.");
  if (!response.ok) throw new Unable("unreachable", place, `the server answered with ${response.status}.`);
  return read(response, place, most_bytes);
}

/** Stops reading at the limit: a length that a header tells may be wrong. */
async function read(response: Response, place: string, most_bytes: number): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let size_bytes = 0;
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      size_bytes += part.value.length;
      if (size_bytes > most_bytes) {
        await reader?.cancel();
        break;
      }
      parts.push(part.value);
    }
  } catch (error) {
    throw new Unable("unreachable", place, `the answer broke off (${String(error)}).`);
  }
  if (size_bytes > most_bytes)
    throw new Unable("unreachable", place, `the answer has more than ${most_bytes} bytes and was not read.`);
  return concat(...parts);
}
