"""What the groups of calls have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from .transport import Call, Query, Transport, encode

T = TypeVar("T")
#: Rows of a page that an iterator asks for: the most there are, as it wants all of them.
PAGE_ROWS = 100


class Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _get(self, path: str, shape: type[T], query: Query | None = None) -> T:
        return self._transport.json(Call("GET", path, query=query), shape)

    def _post(
        self, path: str, body: object, shape: type[T], idempotency_key: str | None, timeout: float | None = None
    ) -> T:
        return self._send("POST", path, body, shape, idempotency_key, timeout)

    def _send(
        self,
        method: str,
        path: str,
        body: object,
        shape: type[T],
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> T:
        call = Call(
            method,
            path,
            idempotency_key=idempotency_key,
            content_type=None if body is None else "application/json",
            body=None if body is None else encode(body),
            timeout=timeout,
        )
        return self._transport.json(call, shape)


def pages(read: Callable[[dict[str, str | int | bool | None]], Mapping[str, Any]]) -> Iterator[Any]:
    """All rows of a list, a page at a time."""
    cursor: str | None = None
    while True:
        page = read({"limit": PAGE_ROWS, "cursor": cursor})
        yield from page["data"]
        cursor = page["nextCursor"]
        if cursor is None:
            return
