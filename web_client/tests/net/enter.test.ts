import { afterEach, describe, expect, it, vi } from "vitest";
import { ensureSession, type Entry } from "../../src/net/enter";

const ENTRY: Entry = { origin: "https://library.test", room: "r", language: "zh", name: "Ada", look: null };

/** Answers in turn; what was asked is kept. */
function answering(...answers: { status: number; body: unknown }[]): { method: string; body: unknown }[] {
  const asked: { method: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit = {}) => {
    asked.push({ method: init.method ?? "GET", body: init.body ? JSON.parse(init.body as string) : null });
    const { status, body } = answers.shift()!;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

describe("a session", () => {
  it("is made when the library says that there is none, in words or without", async () => {
    for (const none of [{ code: "not_signed_in", message: "" }, "<html>"]) {
      const asked = answering({ status: 401, body: none }, { status: 201, body: {} });
      await ensureSession(ENTRY);
      expect(asked.map(({ method }) => method)).toEqual(["GET", "POST"]);
      expect(asked[1]!.body).toEqual({ name: "Ada", language: "zh" });
    }
  });

  it("is kept when there is one", async () => {
    const asked = answering({ status: 200, body: { name: "Ada" } });
    await ensureSession(ENTRY);
    expect(asked.length).toBe(1);
  });

  it("is not made blindly when the library is in trouble", async () => {
    answering({ status: 503, body: "" });
    await expect(ensureSession(ENTRY)).rejects.toMatchObject({ code: "internal" });
  });
});
