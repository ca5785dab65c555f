// Colyseus with its binary schema: one Player a person, quantised as Carrel does, patches every 50 ms. Usage: node colyseus.mjs PORT
// Fields in this order; benchmarks/loadgen/dialects.c reads them back.
import { Room, Server } from "@colyseus/core";
import { Encoder, MapSchema, Schema, defineTypes } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";

const HEAD = { sequence: "uint8", flags: "uint8", x: "int16", y: "int16", z: "int16", rotation: "uint32" };
const HANDS = { lx: "int16", ly: "int16", lz: "int16", leftRotation: "uint32", rx: "int16", ry: "int16", rz: "int16", rightRotation: "uint32" };
const PATCH_MS = 48, HEADSET_BYTES = 32;

Encoder.BUFFER_SIZE = 4 << 20;

class Player extends Schema {}
defineTypes(Player, { ...HEAD, ...HANDS });

class State extends Schema {
  constructor() {
    super();
    this.players = new MapSchema();
  }
}
defineTypes(State, { players: { map: Player } });

class Hall extends Room {
  autoDispose = false;
  maxClients = 4096;
  seatReservationTimeout = 120;

  onCreate() {
    this.patchRate = PATCH_MS;
    this.state = new State();
    this.onMessageBytes("p", (client, bytes) => this.moved(client, bytes));
  }

  moved(client, bytes) {
    const player = this.state.players.get(client.sessionId);
    if (!player) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    player.flags = view.getUint8(0);
    player.sequence = view.getUint8(1);
    player.x = view.getInt16(2, true);
    player.y = view.getInt16(4, true);
    player.z = view.getInt16(6, true);
    player.rotation = view.getUint32(8, true);
    if (bytes.byteLength < HEADSET_BYTES) return;
    player.lx = view.getInt16(12, true);
    player.ly = view.getInt16(14, true);
    player.lz = view.getInt16(16, true);
    player.leftRotation = view.getUint32(18, true);
    player.rx = view.getInt16(22, true);
    player.ry = view.getInt16(24, true);
    player.rz = view.getInt16(26, true);
    player.rightRotation = view.getUint32(28, true);
  }

  onJoin(client) {
    this.state.players.set(client.sessionId, new Player());
  }

  onLeave(client) {
    this.state.players.delete(client.sessionId);
  }
}

const server = new Server({ greet: false, transport: new WebSocketTransport({ pingInterval: 0 }) });
server.define("hall", Hall);
await server.listen(Number(process.argv[2]), "127.0.0.1");
