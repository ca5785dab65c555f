// A Node `ws` server that collects poses and sends everybody one pre-built frame a tick. Usage: node ws_tick.mjs PORT
// It speaks Carrel's frame layout with two sections (desktop 14 bytes, headset 34) and believes the slot in `?slot=`.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const TICK_MS = 50, HEADER = 20, SLOTS = 4096, BEHIND_BYTES = 131072;
const KINDS = new Map([[13, { kind: 1, bytes: 14 }], [33, { kind: 2, bytes: 34 }]]);   // by the length of the upward message
const records = Array.from({ length: SLOTS }, () => Buffer.alloc(34));
const kinds = new Uint8Array(SLOTS), fresh = new Uint8Array(SLOTS);
const http = createServer((_, answer) => answer.end("ok"));
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });

sockets.on("connection", (socket, request) => {
  const slot = Number(new URL(request.url, "http://localhost").searchParams.get("slot"));
  socket.on("message", (data) => {
    const layout = KINDS.get(data.length);
    if (!layout || data[0] !== 1) return;
    records[slot].writeUInt16LE(slot, 0);
    data.copy(records[slot], 2, 1);
    kinds[slot] = layout.kind;
    fresh[slot] = 1;
  });
  socket.on("error", () => socket.terminate());
});

let ticks = 0;
const begun = performance.now();

function frame() {
  const sections = [];
  for (const { kind, bytes } of KINDS.values()) {
    const parts = [];
    for (let slot = 0; slot < SLOTS; slot++) if (fresh[slot] && kinds[slot] === kind) parts.push(records[slot].subarray(0, bytes));
    const head = Buffer.alloc(4);
    head[0] = kind;
    head.writeUInt16LE(parts.length, 2);
    sections.push(head, ...parts);
  }
  fresh.fill(0);
  const head = Buffer.alloc(HEADER);
  head[0] = 0x81;
  head.writeUInt16LE(KINDS.size, 2);
  head.writeUInt32LE(ticks, 4);
  head.writeUInt32LE(performance.now() - begun, 8);
  return Buffer.concat([head, ...sections]);
}

function tick() {
  ticks++;
  const bytes = frame();
  for (const socket of sockets.clients) if (socket.bufferedAmount < BEHIND_BYTES) socket.send(bytes, { binary: true });
  const due = begun + (ticks + 1) * TICK_MS, now = performance.now();
  if (now - due > TICK_MS) ticks += Math.floor((now - due) / TICK_MS);
  setTimeout(tick, Math.max(0, due - now));
}

setTimeout(tick, TICK_MS);
http.listen(Number(process.argv[2]), "127.0.0.1", 1024);
