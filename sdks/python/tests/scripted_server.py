"""A server that follows a script, a step for each request; its last step repeats. Real sockets, no mocks."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: object, headers: dict[str, str] | None = None) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": "application/json", "content-length": str(len(raw)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + raw


def problem(status: int, code: str, *, retryable: bool = False, headers: dict[str, str] | None = None) -> bytes:
    body = {"code": code, "detail": code, "status": status, "retryable": retryable, "requestId": "req_1"}
    return answer(status, body, {"content-type": "application/problem+json", **(headers or {})})


#: Takes the whole request, then closes the connection without an answer.
LOSE = b""
#: Half an answer, then the connection is closed.
CUT = b'HTTP/1.1 202 X\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"id":'
#: Never answers.
HANG = None


@dataclass
class ScriptedServer:
    script: list[bytes | None]
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> ScriptedServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._listener.close()
        for one in self._open:
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            step = self.script[min(len(self.received), len(self.script) - 1)]
            self._open.append(connection)
            self.received.append(_read(connection))
            if step is None:
                continue
            connection.sendall(step)
            connection.close()


def _read(connection: socket.socket) -> Received:
    stream = connection.makefile("rb")
    method, target, _ = stream.readline().decode().split(" ")
    headers: dict[str, str] = {}
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while (size := int(stream.readline(), 16)) > 0:
            body += stream.read(size)
            stream.readline()
        stream.readline()
    else:
        body = stream.read(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)
