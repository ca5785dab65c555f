import { describe, expect, it, vi } from "vitest";
import { sourceOf } from "../../../src/editor/uploads";
import { modelOf, pictureUrl, soundUrl, type Work, type WorkFile, Works } from "../../../src/world/placed/works";

function file(role: string, content_type: string, facts: Record<string, number> = {}): WorkFile {
  return { role, url: `/${role}`, sha256: role, content_type, facts };
}

function work(kind: string, ...files: WorkFile[]): Work {
  return { id: "w", name: "Harbour", kind, state: "accepted", facts: {}, files, thumbnail: "/thumbnail" };
}

const WEBP = "image/webp";
const GLB = "model/gltf-binary";

describe("a work is shown", () => {
  it("by the smallest picture that is sharp enough, never by another page", () => {
    const photo = work(
      "image",
      file("large", WEBP, { width: 4096, height: 3072 }),
      file("view", WEBP, { width: 2048, height: 1536 }),
      file("thumbnail", WEBP, { width: 384, height: 288 }),
    );
    expect([512, 2048, 3000, 9000].map((pixels) => pictureUrl(photo, 1, pixels))).toEqual([
      "/view",
      "/view",
      "/large",
      "/large",
    ]);
    const book = work("pdf", ...[1, 2].map((page) => file(`page-${page}`, WEBP, { width: 800, height: 1100, page })));
    expect(pictureUrl(book, 2, 512)).toBe("/page-2");
    expect(pictureUrl(book, 3, 512)).toBe("/thumbnail");
    expect(pictureUrl({ ...work("epub"), thumbnail: null }, 1, 512)).toBeNull();
  });

  it("by its fullest model, and by its sound", () => {
    const model = work("model", file("half", GLB, { triangles: 50 }), file("view", GLB, { triangles: 100 }));
    expect(modelOf(model)).toEqual({ url: "/view", sha256: "view" });
    expect(soundUrl(work("audio", file("sound", "audio/ogg")))).toBe("/sound");
  });

  it("in the shape that it has", () => {
    const tall = sourceOf(work("image", file("view", WEBP, { width: 600, height: 1200 })));
    expect(tall.entity.media).toEqual({ kind: "image", work: "w", size: [0.6, 1.2] });
    expect(sourceOf(work("model", file("view", GLB))).entity).toEqual({ model: { url: "/view", sha256: "view" } });
    expect(sourceOf(work("panorama")).entity.media!.size[0]).toBe(sourceOf(work("panorama")).entity.media!.size[1]);
  });
});

describe("the library is asked about works", () => {
  it("by who needs it, a few at once, the last asked first", async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path.slice(-2));
      await new Promise<void>((go) => answers.push(go));
      return { ok: path !== "/api/works/10", json: async () => ({ id: path }) };
    });
    const works = new Works();
    const known = Array.from({ length: 20 }, (_, i) => works.get(String(10 + i)));
    expect(works.get("10")).toBe(known[0]);
    await vi.waitFor(() => expect(asked).toEqual(["10", "11", "12", "13"]));
    answers[0]!();
    expect(await known[0]).toBeNull();
    await vi.waitFor(() => expect(asked.slice(4)).toEqual(["29"]));
    for (let i = 1; i < 20; i++) {
      await vi.waitFor(() => expect(answers.length).toBeGreaterThan(i));
      expect(answers.length - i).toBeLessThanOrEqual(4);
      answers[i]!();
    }
    expect((await Promise.all(known)).filter(Boolean)).toHaveLength(19);
    vi.unstubAllGlobals();
  });
});
