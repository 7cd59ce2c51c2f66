"""The event stream. Source: WHATWG HTML, 9.2.6 (interpreting an event stream), for the fields that this API sends."""

from __future__ import annotations

import codecs
import json
import time
from collections.abc import Iterator
from typing import cast

from . import types as t
from .errors import NaruApiError, NaruConnectionError, NaruTimeoutError, UnexpectedAnswerError
from .transport import STATUSES_TO_RETRY, Answer, Call, Transport, _Lost, backoff

_BACKOFF_BASE = 0.5
_BACKOFF_MAX = 15.0
#: Three times what a quiet server lets pass between two signs of life.
_SILENCE = 45.0
#: Longer than any event that the API sends.
_BLOCK_CHARACTERS_MAX = 1_000_000
#: What every event has, of whatever it tells.
_EVENT_KEYS = t.WithdrawalStateEvent.__required_keys__


def follow(transport: Transport, after: str | None) -> Iterator[t.StreamEvent]:
    """Each event once and in order; a connection that is lost is made again, and goes on after the last one given."""
    place = after
    failures = 0
    while True:
        try:
            answer = transport.open(Call("GET", "/v1/stream", query={"after": place}))
            try:
                for event_id, event in _blocks(answer):
                    failures = 0
                    if event is not None:
                        yield event
                    # Only now: a caller that failed in between did not deal with it.
                    if event_id is not None:
                        place = event_id
            finally:
                answer.close()
        except (NaruApiError, UnexpectedAnswerError) as error:
            retryable = isinstance(error, NaruApiError) and error.retryable
            if not (retryable or error.status in STATUSES_TO_RETRY or error.status == 500):
                raise
        except (NaruConnectionError, NaruTimeoutError, _Lost):
            pass
        failures += 1
        time.sleep(backoff(failures, _BACKOFF_BASE, _BACKOFF_MAX))


def _blocks(answer: Answer) -> Iterator[tuple[str | None, t.StreamEvent | None]]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    for piece in answer.pieces(silence=_SILENCE):
        *blocks, rest = (rest + decoder.decode(piece)).split("\n\n")
        if len(rest) > _BLOCK_CHARACTERS_MAX:
            raise UnexpectedAnswerError(200, "one event is longer than any of ours")
        for block in blocks:
            yield _parsed(block)


def _parsed(block: str) -> tuple[str | None, t.StreamEvent | None]:
    event_id: str | None = None
    data: list[str] = []
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            event_id = value
        if name == "data":
            data.append(value)
    try:
        event = json.loads("\n".join(data)) if data else None
    except ValueError:
        event = None
    # A newer server may tell of things that this version does not know: its place is kept, itself is not shown.
    known = isinstance(event, dict) and _EVENT_KEYS <= event.keys()
    return event_id, cast(t.StreamEvent, event) if known else None
