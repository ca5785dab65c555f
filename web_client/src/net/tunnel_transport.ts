/** The room channel inside Socket.IO events, for networks that block WebSockets: the same bytes, fewer of them. Loaded only when needed. */
import { io } from "socket.io-client";
import type { Acknowledgement } from "./protocol.gen";
import type { OpenTransport } from "./transport";

const CLOSED_CODE = 1006;

export function openTunnel(origin: string, room: string): OpenTransport {
  return (_roomUrl, events) => {
    // Long polling only: this transport exists because WebSockets did not get through.
    const socket = io(origin, { transports: ["polling"], reconnection: false, forceNew: true });
    let over = false;
    const close = (reason: string): void => {
      if (over) return;
      over = true;
      socket.disconnect();
      events.closed(CLOSED_CODE, reason);
    };
    socket.on("connect", () => {
      socket.emit("room_open", { room }, (answer: Acknowledgement) => {
        if (answer.ok) events.opened();
        else close(answer.code ?? "offline");
      });
    });
    socket.on("room_down", (data: ArrayBuffer) => {
      if (!over && data instanceof ArrayBuffer) events.message(data);
    });
    socket.on("room_closed", (why: { reason?: string } | null) => close(why?.reason ?? "offline"));
    socket.on("disconnect", (reason) => close(reason));
    socket.on("connect_error", (error) => close(error.message));
    return {
      kind: "tunnel",
      buffered_bytes: 0,
      send(bytes) {
        if (socket.connected) socket.emit("room_up", bytes);
      },
      close: () => close("closed"),
    };
  };
}
