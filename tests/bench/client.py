"""A client of one kept connection, and one of many at once; the same for whatever is measured."""

from __future__ import annotations

import http.client
import selectors
import socket
import time
from urllib.parse import quote, urlencode


class Client:
    """One kept connection with a cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port = port
        self.headers = {"Cookie": f"sid={cookie}"} if cookie else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> tuple[int, bytes]:
        self.connection.request("GET", safe(path), headers=self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """The status, and where it leads."""
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", safe(path), urlencode(fields), headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")


def safe(path: str) -> str:
    return quote(path, safe="/?=&%.~-_+:")


class _Line:
    """A connection of the crowd: the answer it is reading."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.request, self.head, self.left = request, b"", -1
        self.socket.sendall(request)

    def read(self) -> bool:
        """Read what is there; whether the answer is complete."""
        got = self.socket.recv(262_144)
        if not got:
            raise OSError("the server closed a connection")
        if self.left < 0:
            self.head += got
            head, mark, body = self.head.partition(b"\r\n\r\n")
            if not mark:
                return False
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode("latin-1"))
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.left = int(length.partition(b":")[2]) - len(body)
        else:
            self.left -= len(got)
        if self.left > 0:
            return False
        self.head, self.left = b"", -1
        return True


def crowd(port: int, path: str, cookie: str, connections: int, seconds: float) -> float:
    """Answers a second when this many connections ask all the time."""
    request = f"GET {safe(path)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sid={cookie}\r\n\r\n".encode()
    lines = [_Line(port, request) for _n in range(connections)]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        done, began = 0, time.perf_counter()
        while (now := time.perf_counter()) - began < seconds:
            for key, _events in selector.select(1.0):
                if key.data.read():
                    done += 1
                    key.data.socket.sendall(request)
    for line in lines:
        line.socket.close()
    return done / (now - began)
