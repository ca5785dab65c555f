/** JSON requests to our own origin. Every failure is a Refusal. */
import { refusal, type Refusal } from "./requests";

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  return sendJson<T>(path, { method: "POST", body: JSON.stringify(body) });
}

export async function sendJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      credentials: "same-origin",
      headers: { "content-type": "application/json", accept: "application/json" },
      ...init,
    });
  } catch (error) {
    throw refusal("offline", String(error));
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusalOf(response, answer);
  return answer as T;
}

interface WireFailure {
  code?: unknown;
  message?: unknown;
  retry_after_ms?: unknown;
}

function refusalOf(response: Response, answer: unknown): Refusal {
  const failure = (answer ?? {}) as WireFailure;
  const header_s = Number(response.headers.get("retry-after"));
  const retryAfterMs =
    typeof failure.retry_after_ms === "number" ? failure.retry_after_ms : header_s > 0 ? header_s * 1000 : null;
  const code = typeof failure.code === "string" ? failure.code : response.status === 401 ? "not_signed_in" : "internal";
  return refusal(code, typeof failure.message === "string" ? failure.message : response.statusText, retryAfterMs);
}
