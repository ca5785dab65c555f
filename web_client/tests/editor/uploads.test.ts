import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Upload } from "../../src/editor/contract";
import { Uploads } from "../../src/editor/uploads";

const MEBIBYTE = 1 << 20;

/** A library that speaks tus, in memory; `breaks` says at which PATCHes the line breaks, and whether the bytes had arrived. */
class Library {
  readonly requests: string[] = [];
  offset = 0;
  size = 0;
  breaks: ("lost" | "unheard" | null)[] = [];
  work: Record<string, unknown> = { state: "accepted", kind: "model", name: "bust.glb", files: [], id: "w", facts: {} };

  readonly fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    this.requests.push(`${init.method ?? "GET"} ${path}`);
    const headers = new Headers(init.headers);
    if (path === "/api/uploads") {
      this.size = Number(headers.get("upload-length"));
      this.offset = 0;
      return new Response(null, { status: 201, headers: { location: "/api/uploads/1" } });
    }
    if (path.startsWith("/api/works")) return Response.json(this.work);
    if (init.method === "PATCH") {
      const breaks = this.breaks.shift();
      if (breaks === "lost") throw new TypeError("the line broke");
      if (Number(headers.get("upload-offset")) !== this.offset)
        return Response.json({ code: "conflict" }, { status: 409 });
      this.offset += (init.body as Blob).size;
      if (breaks === "unheard") throw new TypeError("the line broke");
    }
    const answer = new Headers({ "upload-offset": String(this.offset) });
    if (this.offset === this.size) answer.set("carrel-work", "w");
    return new Response(null, { headers: answer });
  };
}

describe("a file that somebody brings", () => {
  let library: Library;
  let told: Upload[];
  const ready = vi.fn();
  const file = new File([new Uint8Array(2.5 * MEBIBYTE)], "bust.glb", { type: "model/gltf-binary" });

  async function bring(): Promise<Uploads> {
    const uploads = new Uploads({ changed: (all) => told.push(...all), ready });
    await uploads.begin(file, () => null);
    return uploads;
  }

  beforeEach(() => {
    library = new Library();
    told = [];
    ready.mockReset();
    vi.stubGlobal("fetch", library.fetch);
    vi.stubGlobal("setTimeout", (step: () => void) => queueMicrotask(step));
  });

  afterEach(() => vi.unstubAllGlobals());

  it("goes in pieces, with progress, and is ready when the library has taken it", async () => {
    await bring();
    expect(library.offset).toBe(file.size);
    expect(library.requests.filter((one) => one.startsWith("PATCH"))).toHaveLength(3);
    expect(told.map(({ stage }) => stage)).toEqual(expect.arrayContaining(["sending", "checking", "ready"]));
    expect(ready).toHaveBeenCalledOnce();
  });

  it("goes on where the library has it after a line broke, whether or not the bytes had arrived", async () => {
    library.breaks = ["lost", null, "unheard", "unheard"];
    await bring();
    expect(library.offset).toBe(file.size);
    expect(ready).toHaveBeenCalledOnce();
  });

  it("says why it was refused, and can be put away", async () => {
    library.work = { ...library.work, state: "refused", code: "not_a_model", message: "This is no model." };
    const uploads = await bring();
    expect(told.at(-1)).toMatchObject({
      stage: "failed",
      trouble: { code: "not_a_model", detail: "This is no model." },
    });
    expect(ready).not.toHaveBeenCalled();
    uploads.drop(told.at(-1)!.id);
    library.breaks = Array.from({ length: 20 }, () => "lost" as const);
    await bring();
    expect(told.at(-1)).toMatchObject({ stage: "failed", trouble: { code: "offline" } });
  });
});
