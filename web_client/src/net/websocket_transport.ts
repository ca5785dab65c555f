import type { OpenTransport, Transport } from "./transport";

/** `roomUrl` is absolute, or a path on the page's own origin. */
export function webSocketUrl(roomUrl: string, origin: string): string {
  const url = new URL(roomUrl, origin);
  url.protocol = url.protocol.replace(/^http/, "ws");
  return url.href;
}

export function openWebSocket(origin: string): OpenTransport {
  return (roomUrl, events) => {
    const socket = new WebSocket(webSocketUrl(roomUrl, origin));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => events.opened();
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) events.message(data);
    };
    socket.onclose = ({ code, reason }) => events.closed(code, reason);
    const transport: Transport = {
      kind: "websocket",
      get buffered_bytes() {
        return socket.bufferedAmount;
      },
      send(bytes) {
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
      },
      close: () => socket.close(1000),
    };
    return transport;
  };
}
