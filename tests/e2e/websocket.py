"""A WebSocket client for tests: text frames in, nothing out but the handshake and the farewell."""

import base64
import json
import os
import socket
import struct

TIMEOUT_SECONDS = 30


class WebSocket:
    """Refused upgrades raise ConnectionError with the status line and the body."""

    def __init__(self, port, target, headers=None):
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self._buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.decode() + self._buffer.decode("utf-8", "replace"))

    def _fill(self):
        piece = self._socket.recv(65536)
        if not piece:
            raise ConnectionError("the peer closed")
        self._buffer += piece

    def _take(self, size):
        while len(self._buffer) < size:
            self._fill()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def receive(self):
        """The next text frame as JSON; pings are passed over."""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._take(8))[0]
            payload = self._take(size)
            if first & 0x0F == 1:
                return json.loads(payload)
            if first & 0x0F == 8:
                raise ConnectionError(f"closed: {payload[2:].decode()}")

    def close(self):
        self._socket.close()
