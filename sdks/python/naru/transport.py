"""One call of the API: its tries, its deadline, and what is known of its outcome when none of them was answered."""

from __future__ import annotations

import codecs
import http.client
import json
import random
import socket
import ssl
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from .errors import (
    NaruApiError,
    NaruConnectionError,
    NaruError,
    NaruTimeoutError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
)

T = TypeVar("T")
Query = Mapping[str, "str | int | bool | None"]

_BACKOFF_BASE = 0.2
_BACKOFF_MAX = 5.0
#: Answers after which the same call is worth repeating: time-out, in flight, rate limit, gateway, outage.
STATUSES_TO_RETRY = frozenset({408, 429, 502, 503, 504})
#: Problems that say nothing of what an earlier try of the same call did.
_CODES_WITHOUT_OUTCOME = frozenset(
    {
        "unauthenticated",
        "forbidden",
        "rate_limited",
        "idempotency_in_flight",
        "not_found",
        "method_not_allowed",
        "bad_request",
    }
)
_PIECE_BYTES = 65_536


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Query | None = None
    #: None on calls without one; such a POST is tried once.
    idempotency_key: str | None = None
    content_type: str | None = None
    body: bytes | Iterable[bytes] | None = None
    #: Seconds, for the call as a whole. None: the client's.
    timeout: float | None = None


class _NotReached(Exception):
    """No byte of the request has reached a server."""


class _Lost(Exception):
    """The server may have acted; its answer is not known."""


class _OutOfTime(_Lost):
    pass


@dataclass(frozen=True)
class _Failure:
    error: NaruError
    #: Whether the server can have acted on this try without our knowing.
    unknown: bool
    #: Whether what the API said settles what earlier tries left open.
    settles: bool
    retry: bool
    retry_after: float | None = None


class Answer:
    """A 2xx answer whose body is still to be read."""

    def __init__(self, connection: http.client.HTTPConnection, sock: socket.socket, response: http.client.HTTPResponse):
        self._connection = connection
        self._sock = sock
        self._response = response
        self.status = response.status
        self.content_type = response.headers.get("content-type", "")
        self.retry_after = response.headers.get("retry-after")

    def pieces(self, deadline: float | None = None, silence: float | None = None) -> Iterator[bytes]:
        """
        The body as it comes.

        :param deadline: by the monotonic clock, for all of it
        :param silence: seconds that may pass between two pieces
        """
        try:
            while True:
                self._sock.settimeout(silence if deadline is None else _left(deadline))
                piece = self._response.read1(_PIECE_BYTES)
                if not piece:
                    break
                yield piece
            if self._response.length:
                raise _Lost("the answer broke off")
        except TimeoutError as error:
            raise _OutOfTime("no more came in time") from error
        except (OSError, http.client.HTTPException) as error:
            raise _Lost(str(error) or type(error).__name__) from error
        finally:
            self.close()

    def read(self, deadline: float) -> bytes:
        return b"".join(self.pieces(deadline=deadline))

    def close(self) -> None:
        self._response.close()
        self._connection.close()


class Transport:
    def __init__(
        self, *, base_url: str, api_key: str, timeout: float, retries_max: int, language: str | None
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NaruError(
                f'base_url must be an http or https address, as in https://api.example.com; it is "{base_url}"'
            )
        self._base = base_url.rstrip("/")
        self._parts = parts
        self._api_key = api_key
        self._timeout = timeout
        self._retries_max = retries_max
        self._language = language

    def json(self, call: Call, shape: type[T]) -> T:
        """The body of a 2xx answer, which has all the members that ``shape`` (a TypedDict) requires."""

        def read(answer: Answer, deadline: float) -> T:
            return _checked(answer.status, answer.read(deadline), shape)

        return cast(T, self._repeat(call, read))

    def text(self, call: Call) -> Iterator[str]:
        """The body of a 2xx answer, a piece of text at a time. A report that breaks off raises NaruConnectionError."""
        timeout = self._timeout if call.timeout is None else call.timeout
        answer = self._repeat(call, lambda answer, _: answer)
        return _decoded(answer, time.monotonic() + timeout)

    def open(self, call: Call) -> Answer:
        """One try of a call whose answer goes on and on; only its beginning has a time limit."""
        deadline = time.monotonic() + (self._timeout if call.timeout is None else call.timeout)
        outcome = self._try_once(call, deadline, lambda answer, _: answer)
        if isinstance(outcome, _Failure):
            raise outcome.error
        return cast(Answer, outcome)

    def _repeat(self, call: Call, read: Any) -> Any:
        timeout = self._timeout if call.timeout is None else call.timeout
        deadline = time.monotonic() + timeout
        can_repeat = _is_repeatable(call)
        unknown = False
        attempt = 0
        while True:
            outcome = self._try_once(call, deadline, read)
            if not isinstance(outcome, _Failure):
                return outcome
            unknown = outcome.unknown or (unknown and not outcome.settles)
            wait = _backoff(attempt + 1, outcome.retry_after)
            in_time = time.monotonic() + wait < deadline
            if not (can_repeat and outcome.retry and attempt < self._retries_max and in_time):
                if call.method == "POST" and unknown and call.idempotency_key is not None:
                    raise OutcomeUnknownError(call.idempotency_key) from outcome.error
                raise outcome.error
            attempt += 1
            time.sleep(wait)

    def _try_once(self, call: Call, deadline: float, read: Any) -> Any:
        try:
            answer = self._send(call, deadline)
            if 200 <= answer.status < 300:
                return read(answer, deadline)
            return _refusal(answer, deadline, call.idempotency_key)
        except UnexpectedAnswerError as error:
            return _Failure(error, unknown=True, settles=False, retry=False)
        except _NotReached as error:
            message = f"cannot reach {self._base}: {error}; check that the API runs there and that base_url is right"
            return _Failure(NaruConnectionError(message), unknown=False, settles=False, retry=True)
        except _OutOfTime:
            late = NaruTimeoutError("no answer in time; call again, or raise timeout")
            return _Failure(late, unknown=True, settles=False, retry=False)
        except _Lost as error:
            message = f"the connection to {self._base} was lost before the answer came: {error}"
            return _Failure(NaruConnectionError(message), unknown=True, settles=False, retry=True)

    def _send(self, call: Call, deadline: float) -> Answer:
        left = deadline - time.monotonic()
        if left <= 0:
            raise _NotReached("no time is left")
        connection = self._connection(left)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise _NotReached(str(error) or type(error).__name__) from error
        sock = cast(socket.socket, connection.sock)
        try:
            sock.settimeout(_left(deadline))
            # A stream has no known length: it goes in chunks.
            chunked = call.body is not None and not isinstance(call.body, bytes)
            connection.request(
                call.method, self._target(call), body=call.body, headers=self._headers(call), encode_chunked=chunked
            )
            sock.settimeout(_left(deadline))
            return Answer(connection, sock, connection.getresponse())
        except TimeoutError as error:
            connection.close()
            raise _OutOfTime("no answer in time") from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _Lost(str(error) or type(error).__name__) from error
        except BaseException:
            connection.close()
            raise

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def _target(self, call: Call) -> str:
        given = {name: _text(value) for name, value in (call.query or {}).items() if value is not None}
        path = self._parts.path.rstrip("/") + call.path
        return f"{path}?{urlencode(given)}" if given else path

    def _headers(self, call: Call) -> dict[str, str]:
        headers = {
            "accept": "application/json, text/event-stream, application/problem+json",
            "authorization": f"Bearer {self._api_key}",
            "connection": "close",
        }
        if call.body is not None and not isinstance(call.body, bytes):
            headers["transfer-encoding"] = "chunked"
        if self._language is not None:
            headers["accept-language"] = self._language
        if call.idempotency_key is not None:
            headers["idempotency-key"] = call.idempotency_key
        if call.content_type is not None:
            headers["content-type"] = call.content_type
        return headers


def encode(value: object) -> bytes:
    """A JSON body. A Decimal becomes text, exactly; a float is no amount, and is refused."""
    return json.dumps(_exact(value), ensure_ascii=False, separators=(",", ":")).encode()


def new_key() -> str:
    """For one call and all its tries."""
    return str(uuid.uuid4())


def backoff(attempt: int, base: float, most: float) -> float:
    """Seconds before try ``attempt`` + 1: grows twofold, jittered over its upper half."""
    longest = min(most, base * 2.0 ** (attempt - 1))
    return float(longest * (0.5 + random.random() / 2))


def _backoff(attempt: int, retry_after: float | None) -> float:
    return max(backoff(attempt, _BACKOFF_BASE, _BACKOFF_MAX), retry_after or 0)


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float, which is not exact: pass a str or a decimal.Decimal")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is not a number")
        return format(value, "f")
    if isinstance(value, Mapping):
        return {key: _exact(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_exact(one) for one in value]
    return value


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_repeatable(call: Call) -> bool:
    """A GET changes nothing, a PATCH or DELETE twice is as once; a POST with a key takes effect once."""
    if call.body is not None and not isinstance(call.body, bytes):
        return False
    return call.method != "POST" or call.idempotency_key is not None


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _refusal(answer: Answer, deadline: float, idempotency_key: str | None) -> _Failure:
    status, retry_after = answer.status, _seconds(answer.retry_after)
    raw = answer.read(deadline)
    problem = _parsed(raw) if answer.content_type.startswith("application/problem+json") else None
    if not _is_problem(problem):
        # A gateway's own page tells nothing of the call behind it.
        error = UnexpectedAnswerError(status, "its body is not a problem document")
        return _Failure(error, unknown=True, settles=False, retry=status in STATUSES_TO_RETRY, retry_after=retry_after)
    refused = NaruApiError(cast("dict[str, Any]", problem), idempotency_key)
    return _Failure(
        refused,
        unknown=status >= 500,
        settles=status < 500 and refused.code not in _CODES_WITHOUT_OUTCOME,
        retry=status in STATUSES_TO_RETRY or refused.code == "idempotency_in_flight",
        retry_after=retry_after,
    )


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


def _is_problem(value: object) -> bool:
    """Loosely: a newer server may add codes and members."""
    if not isinstance(value, dict):
        return False
    kinds = {"code": str, "detail": str, "requestId": str, "status": int, "retryable": bool}
    return all(isinstance(value.get(name), kind) for name, kind in kinds.items())


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _checked(status: int, raw: bytes, shape: type[T]) -> T:
    value = _parsed(raw)
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    if not isinstance(value, dict):
        raise UnexpectedAnswerError(status, "its body is not a JSON object")
    missing = sorted(required - value.keys())
    if missing:
        raise UnexpectedAnswerError(status, f"it lacks {', '.join(missing)}")
    return cast(T, value)


def _decoded(answer: Answer, deadline: float) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in answer.pieces(deadline=deadline):
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except _OutOfTime as error:
        raise NaruTimeoutError("the rest did not come in time; call again, or raise timeout") from error
    except _Lost as error:
        raise NaruConnectionError(f"the connection was lost before the end: {error}") from error
