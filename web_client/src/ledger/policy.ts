/** C2SP tlog-policy: which witnesses a log has, and how many of them must have seen a checkpoint. */
import { Invalid } from "./errors";
import { COSIGNATURE, parseVkey, type Verifier } from "./note";

const NONE = "none";
const MOST_LINES = 1024;

export interface Policy {
  /** By their names in the policy. */
  witnesses: ReadonlyMap<string, Verifier>;
  /** In order: a group's members come before it. */
  groups: readonly { name: string; threshold: number; members: readonly string[] }[];
  quorum: string;
}

/** Throws bad_note naming the line. */
export async function parsePolicy(text: string): Promise<Policy> {
  const witnesses = new Map<string, Verifier>();
  const groups: { name: string; threshold: number; members: string[] }[] = [];
  const names = new Set([NONE]);
  let quorum: string | null = null;
  const lines = text.split("\n", MOST_LINES);
  for (const [i, line] of lines.entries()) {
    const bad = (sentence: string): Invalid => new Invalid("bad_note", `policy, line ${i + 1}`, sentence);
    const [word, ...rest] = line.split(/[ \t]+/).filter(Boolean);
    if (word === undefined || word.startsWith("#") || word === "log") continue;
    const [name, second, ...members] = rest;
    if (name === undefined) throw bad("a name is missing.");
    if (word === "witness" || word === "group") {
      if (names.has(name) || second === undefined) throw bad(`${name} is named twice, or not told what it is.`);
      names.add(name);
    }
    if (word === "witness") {
      const verifier = await parseVkey(second as string);
      if (verifier.type !== COSIGNATURE) throw bad(`${name}'s key is not for cosignatures.`);
      witnesses.set(name, verifier);
    } else if (word === "group") {
      const threshold = second === "any" ? 1 : second === "all" ? members.length : Number(second);
      if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= members.length))
        throw bad(`${name} cannot ask for ${second} of ${members.length}.`);
      if (members.some((member) => member === name || !names.has(member))) throw bad("a member is not defined before.");
      groups.push({ name, threshold, members });
    } else if (word === "quorum") {
      if (quorum !== null || !names.has(name)) throw bad(`the quorum ${name} is not defined, or there are two.`);
      quorum = name;
    } else throw bad(`there is no ${word} in a policy.`);
  }
  if (quorum === null) throw new Invalid("bad_note", "policy", "it has no quorum.");
  return { witnesses, groups, quorum };
}

/** Whether these witnesses, by their names in the policy, are the quorum. */
export function enough(policy: Policy, cosigned: Iterable<string>): boolean {
  const seen = new Set([...cosigned].filter((name) => policy.witnesses.has(name)));
  seen.add(NONE);
  for (const group of policy.groups)
    if (group.members.filter((member) => seen.has(member)).length >= group.threshold) seen.add(group.name);
  return seen.has(policy.quorum);
}
