// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount, type Mounted } from "./fake_hall";

const LOOKS = JSON.parse(readFileSync("../assets/gltf/avatars/looks.json", "utf8")) as unknown;
const FILE = { role: "view", url: "/api/works/a/files/b", sha256: "b", content_type: "model/gltf-binary" };
const AVATAR = {
  id: "a".repeat(64),
  name: "lin.vrm",
  kind: "avatar",
  state: "accepted",
  thumbnail: null,
  facts: {
    avatar: { permissions: { title: "<i>Lin</i>", authors: ["Qiao"], licence: "CC-BY", who: "author", credit: true } },
  },
  files: [{ ...FILE, facts: { triangles: 9, worn: 1 } }],
};
let hall: Mounted;

function answers(works: unknown): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (path: string) => {
      const body = path.startsWith("/api/works") ? works : LOOKS;
      return new Response(JSON.stringify(body), { status: 200, headers: { "content-type": "application/json" } });
    }),
  );
}

async function open(): Promise<void> {
  hall = await mount();
  hall.get("#open-settings").click();
  hall.get("#open-look").click();
  await vi.waitFor(() => expect(hall.root.querySelector(".look-panel .pills")).not.toBeNull());
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  hall?.dispose();
  vi.unstubAllGlobals();
});

describe("the mirror in the hall", () => {
  it("wears what was tried on, when one says so", async () => {
    answers({ works: [] });
    await open();
    hall.get("#look-tab-whole").click();
    (hall.get('input[name="look-body"][value="kenji"]') as HTMLInputElement).click();
    expect(hall.actions.setLook).not.toHaveBeenCalled();
    hall.get("#look-wear").click();
    expect(hall.actions.setLook).toHaveBeenCalledWith(null, { id: "kenji" });
    await vi.waitFor(() => expect(hall.root.querySelector("#panel")).toBeNull());
  });

  it("goes through its tabs by arrows", async () => {
    answers({ works: [] });
    await open();
    const first = hall.root.querySelector<HTMLElement>('.look [role="tab"][aria-selected="true"]')!;
    first.focus();
    first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    expect(hall.root.querySelector('.look [aria-selected="true"]')!.id).toBe("look-tab-own");
    expect(document.activeElement!.id).toBe("look-tab-own");
  });

  it("brings the chosen tab into sight in its row, and moves nothing around it", async () => {
    answers({ works: [] });
    await open();
    const rects = vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(function (
      this: HTMLElement,
    ) {
      return this.id === "look-tab-own" ? new DOMRect(300, 0, 50, 40) : new DOMRect(0, 0, 100, 40);
    });
    hall.get("#look-tab-own").click();
    rects.mockRestore();
    const row = hall.get("#look-tab-own").parentElement!;
    expect(row.scrollLeft).toBe(275);
    for (let one = row.parentElement; one; one = one.parentElement) expect(one.scrollLeft).toBe(0);
  });

  it("shows an author's conditions as text, and lets wear only who says that they may", async () => {
    answers({ works: [AVATAR] });
    await open();
    hall.get("#look-tab-own").click();
    await vi.waitFor(() => expect(hall.root.querySelector(".look__own")).not.toBeNull());
    const row = hall.get(".look__own");
    expect(row.querySelector("strong")!.textContent).toBe("<i>Lin</i>");
    expect(row.textContent).toContain("By Qiao.");
    expect(row.textContent).toContain("Only its author may wear it.");
    expect(row.textContent).toContain("Its author is to be named.");
    const put = row.querySelector<HTMLButtonElement>("button")!;
    expect(put.disabled).toBe(true);
    row.querySelector<HTMLInputElement>("input")!.click();
    put.click();
    hall.get("#look-wear").click();
    const [, look] = vi.mocked(hall.actions.setLook).mock.calls.at(-1)!;
    expect(look!.model).toEqual({ url: FILE.url, sha256: "b" });
  });
});
