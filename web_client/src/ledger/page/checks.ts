/** Checks made one after the other, each with what it found; the first that fails ends them. */
import { Invalid, LedgerError, Refused } from "../errors";

export type StepState = "ok" | "bad" | "idle";

export interface Step {
  /** `ledger.step.<name>` are its words. */
  name: string;
  state: StepState;
  /** What was found, shown beside the words. */
  detail: string;
}

export interface Found {
  detail: string;
  /** idle: nothing was wrong and nothing was shown either. */
  state?: "ok" | "idle";
}

export type Check = readonly [name: string, act: () => Promise<Found>];

export interface Verdict {
  state: "ok" | "bad" | "unable";
  steps: Step[];
  /** Checks that were not made, since an earlier one failed. */
  skipped: number;
  took_ms: number;
  error: unknown;
}

/** bad when something does not match; unable when the browser, the line or our own code is the obstacle. */
export async function runChecks(checks: readonly Check[], now_ms: () => number): Promise<Verdict> {
  const began_ms = now_ms();
  const steps: Step[] = [];
  for (const [name, act] of checks) {
    try {
      const found = await act();
      steps.push({ name, state: found.state ?? "ok", detail: found.detail });
    } catch (error) {
      const isBad = error instanceof Invalid || error instanceof Refused;
      const detail = error instanceof LedgerError ? error.message : String(error);
      steps.push({ name, state: isBad ? "bad" : "idle", detail });
      const skipped = checks.length - steps.length;
      return { state: isBad ? "bad" : "unable", steps, skipped, took_ms: now_ms() - began_ms, error };
    }
  }
  return { state: "ok", steps, skipped: 0, took_ms: now_ms() - began_ms, error: null };
}
