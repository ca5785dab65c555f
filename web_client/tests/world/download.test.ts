import { afterEach, describe, expect, it, vi } from "vitest";
import { download } from "../../src/world/download";

function answer(headers: Record<string, string>, ...parts: string[]): void {
  const body = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  vi.stubGlobal("fetch", async () => new Response(body, { headers }));
}
afterEach(() => vi.unstubAllGlobals());

describe("a download", () => {
  it.each([
    ["packed", { "content-encoding": "gzip", "content-length": "4", "x-uncompressed-length": "10" }, [10, 10]],
    ["plain", { "content-length": "10" }, [10, 10]],
    ["of unknown length", { "content-encoding": "gzip", "content-length": "4" }, [6, 10]],
  ])("tells how much of all has come: %s", async (_name, headers, totals) => {
    answer(headers as Record<string, string>, "sixsix", "four");
    const told: [number, number][] = [];
    const bytes = await download("/x", (done, total) => told.push([done, total]));
    expect(told).toEqual([6, 10].map((done, i) => [done, totals[i]]));
    expect(new TextDecoder().decode(bytes)).toBe("sixsixfour");
  });

  it("that is refused is a load that failed", async () => {
    vi.stubGlobal("fetch", async () => new Response("", { status: 404 }));
    await expect(download("/x", () => undefined)).rejects.toMatchObject({ code: "load_failed" });
  });
});
