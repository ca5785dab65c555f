// A stranger to Carrel who has read only the specifications (C2SP signed-note, tlog-checkpoint, tlog-tiles; the format of an entry) and has nothing but a
// folder of a log's public files and its key: node read_log.mjs FOLDER VKEY. Prints what was verified; ends with 1 and a sentence at the first fault.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const WIDTH = 256;
const HASH = 32;
const { subtle } = globalThis.crypto;
const [folder, vkey] = process.argv.slice(2);
const read = (path) => readFileSync(join(folder, path));
const sha256 = async (...parts) => Buffer.from(await subtle.digest("SHA-256", Buffer.concat(parts)));
const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const parent = (left, right) => sha256(Buffer.of(1), left, right);

function insist(fact, sentence) {
  if (!fact) throw new Error(sentence);
}

const keys = new Map();
async function verify(raw, signature, message) {
  const name = raw.toString("hex");
  if (!keys.has(name)) keys.set(name, await subtle.importKey("raw", raw, "Ed25519", false, ["verify"]));
  return subtle.verify("Ed25519", keys.get(name), signature, message);
}

async function openCheckpoint() {
  const [name, id, encoded] = [vkey.split("+", 2)[0], vkey.split("+", 2)[1], vkey.split("+").slice(2).join("+")];
  const typed = Buffer.from(encoded, "base64");
  insist(typed[0] === 1 && typed.length === 33, "the key is no Ed25519 key");
  const keyId = (await sha256(Buffer.from(`${name}\n`), typed)).subarray(0, 4);
  insist(keyId.toString("hex") === id, "the key has another id");
  const note = read("checkpoint").toString("utf8");
  const end = note.lastIndexOf("\n\n");
  const [text, lines] = [note.slice(0, end + 1), note.slice(end + 2).trimEnd().split("\n")];
  const own = lines.map((line) => line.split(" ")).filter(([dash, who]) => dash === "—" && who === name);
  insist(own.length === 1, "the checkpoint has no line of this key");
  const signature = Buffer.from(own[0][2], "base64");
  insist(signature.subarray(0, 4).equals(keyId), "the line is of another key");
  insist(await verify(typed.subarray(1), signature.subarray(4), Buffer.from(text)), "the checkpoint's signature is wrong");
  const [origin, size, root] = text.split("\n");
  insist(origin === name, "the checkpoint is of another log");
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

function tilePath(level, number, width) {
  let digits = String(number % 1000).padStart(3, "0");
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) {
    digits = `x${String(rest % 1000).padStart(3, "0")}/${digits}`;
  }
  return `tile/${level}/${digits}${width === WIDTH ? "" : `.p/${width}`}`;
}

function readLeaves(size) {
  const leaves = [];
  for (let number = 0; number * WIDTH < size; number++) {
    const width = Math.min(WIDTH, size - number * WIDTH);
    const bundle = read(tilePath("entries", number, width));
    let at = 0;
    for (let entry = 0; entry < width; entry++) {
      const length = bundle.readUInt16BE(at);
      leaves.push(bundle.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    insist(at === bundle.length, `bundle ${number} holds more or less than ${width} entries`);
  }
  return leaves;
}

async function fold(hashes) {
  while (hashes.length > 1) {
    hashes = await Promise.all(hashes.filter((_, at) => at % 2 === 0).map((left, at) => parent(left, hashes[2 * at + 1])));
  }
  return hashes[0];
}

// Every tile of every level is what the one below leads to.
async function checkTiles(hashes) {
  let tiles = 0;
  for (let level = 0; hashes.length; level++) {
    const above = [];
    for (let start = 0; start < hashes.length; start += WIDTH, tiles++) {
      const part = hashes.slice(start, start + WIDTH);
      const path = tilePath(level, start / WIDTH, part.length);
      insist(read(path).equals(Buffer.concat(part)), `${path} is not what the entries lead to`);
      if (part.length === WIDTH) above.push(await fold(part));
    }
    hashes = above;
  }
  return tiles;
}

// RFC 6962, section 2.1.
async function treeHash(hashes) {
  if (hashes.length === 1) return hashes[0];
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return parent(await treeHash(hashes.slice(0, half)), await treeHash(hashes.slice(half)));
}

async function checkEntry(leaf, index, origin, after) {
  const loggedMs = leaf.readBigUInt64BE(0);
  insist(loggedMs >= after, `entry ${index} was logged before the one in front of it`);
  const length = leaf.readUInt16BE(8);
  const raw = leaf.subarray(10, 10 + length);
  const body = JSON.parse(raw.toString("utf8"));
  insist(JSON.stringify(body) === raw.toString("utf8"), `entry ${index} is not canonical`);
  insist(body.log === origin, `entry ${index} is of another log`);
  const message = Buffer.concat([Buffer.from("carrel-ledger-entry-v1\n"), raw]);
  const count = leaf[10 + length];
  insist(leaf.length === 11 + length + count * 96, `entry ${index} has another length`);
  const signers = [];
  for (let at = 11 + length; at < leaf.length; at += 96) {
    const key = leaf.subarray(at, at + HASH);
    insist(await verify(key, leaf.subarray(at + HASH, at + 96), message), `entry ${index} has a wrong signature`);
    signers.push(key.toString("hex"));
  }
  insist(signers.includes(body.by), `entry ${index} is not signed by whom it names`);
  return { loggedMs, id: body.id, signatures: count };
}

async function main() {
  const { origin, size, root } = await openCheckpoint();
  const leaves = readLeaves(size);
  const hashes = [];
  for (let start = 0; start < size; start += 4096) hashes.push(...(await Promise.all(leaves.slice(start, start + 4096).map(leafHash))));
  const tiles = await checkTiles(hashes);
  insist((await treeHash(hashes)).equals(root), "the entries lead to another root than was signed");
  const ids = new Set();
  let signatures = 0;
  let after = 0n;
  for (let start = 0; start < size; start += WIDTH) {
    const some = leaves.slice(start, start + WIDTH);
    for (const { loggedMs, id, signatures: count } of await Promise.all(some.map((leaf, at) => checkEntry(leaf, start + at, origin, after)))) {
      insist(loggedMs >= after, "the log's clock went back");
      insist(!ids.has(id), `the id ${id} was used twice`);
      ids.add(id);
      after = loggedMs;
      signatures += count;
    }
  }
  console.log(JSON.stringify({ size, tiles, signatures, root: root.toString("hex") }));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
