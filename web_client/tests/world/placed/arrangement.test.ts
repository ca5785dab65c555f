import { describe, expect, it, vi } from "vitest";
import type { Operated, Placement } from "../../../src/net/protocol.gen";
import { Arrangement, type Fetched } from "../../../src/world/placed/arrangement";

function thing(id: string, x = 0): Placement {
  return { entity: { id, transform: { position: [x, 0, 0] } }, owner: "o" };
}

function event(op_sequence: number, more: Partial<Operated> = {}): Operated {
  return { type: "operated", op_sequence, by: null, ...more };
}

function replica(...answers: (Fetched | Error)[]): {
  all: Arrangement;
  fetch: ReturnType<typeof vi.fn>;
  log: string[];
} {
  const log: string[] = [];
  const fetch = vi.fn(async () => {
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("no more");
    return answer;
  });
  const all = new Arrangement(
    {
      put: ({ entity }) => log.push(`put ${entity.id} ${entity.transform.position[0]}`),
      gone: (id) => log.push(`gone ${id}`),
      reset: (placed) => log.push(`reset ${[...placed].map(({ entity }) => entity.id).join()}`),
    },
    fetch,
    async () => undefined,
  );
  return { all, fetch, log };
}

describe("the replica of what is placed", () => {
  it("takes events that came while it was on its way, and none twice", async () => {
    const { all, log } = replica({ op_sequence: 5, placed: [thing("a"), thing("b")] });
    const opened = all.open("/scene", false);
    all.operated(event(5, { put: [thing("b", 9)] }));
    all.operated(event(6, { put: [thing("c", 1)], gone: ["a"] }));
    await opened;
    all.operated(event(6, { gone: ["c"] }));
    all.operated(event(7, { put: [thing("b", 2)] }));
    expect(log).toEqual(["reset a,b", "put c 1", "gone a", "put b 2"]);
    expect([...all.placed.keys()]).toEqual(["b", "c"]);
  });

  it("fetches again when told to, and when an operation was missed", async () => {
    const { all, fetch, log } = replica(
      { op_sequence: 1, placed: [] },
      { op_sequence: 4, placed: [thing("a")] },
      { op_sequence: 9, placed: [thing("b")] },
    );
    await all.open("/scene", false);
    all.operated(event(2, { reload: true }));
    await vi.waitFor(() => expect(all.op_sequence).toBe(4));
    all.operated(event(9, { put: [thing("b")] }));
    await vi.waitFor(() => expect(all.op_sequence).toBe(9));
    expect(fetch).toHaveBeenCalledTimes(3);
    expect(log).toEqual(["reset ", "reset a", "reset b"]);
  });

  it("keeps what it knows over a resume, asks again after a failure, and says when an operation is here", async () => {
    const { all, fetch } = replica(new Error("offline"), { op_sequence: 3, placed: [] });
    await all.open("/scene", false);
    expect(fetch).toHaveBeenCalledTimes(2);
    await all.open("/scene", true);
    expect(fetch).toHaveBeenCalledTimes(2);
    const reached = vi.fn();
    void all.reached(4).then(reached);
    await all.reached(3);
    expect(reached).not.toHaveBeenCalled();
    all.operated(event(4));
    await vi.waitFor(() => expect(reached).toHaveBeenCalled());
  });
});
