"""Everything that this client raises. All extend ``NaruError``."""

from __future__ import annotations

from typing import Any


class NaruError(Exception):
    """Everything that this client raises."""


class NaruApiError(NaruError):
    """The API refused: a problem (RFC 9457). Decide by ``code``."""

    def __init__(self, problem: dict[str, Any], idempotency_key: str | None) -> None:
        super().__init__(problem["detail"])
        self.problem = problem
        self.code: str = problem["code"]
        self.status: int = problem["status"]
        #: Whether the very same call, with the same idempotency key, can succeed later.
        self.retryable: bool = problem["retryable"]
        #: Quote it when asking for help.
        self.request_id: str = problem["requestId"]
        #: The key of this call, where it had one.
        self.idempotency_key = idempotency_key


class OutcomeUnknownError(NaruError):
    """
    A call that may move money got no answer that tells its outcome. It may or may not have taken effect; called again
    with the same key it takes effect at most once.
    """

    def __init__(self, idempotency_key: str) -> None:
        super().__init__(f"the outcome is unknown: call again with the same idempotency key ({idempotency_key})")
        self.idempotency_key = idempotency_key


class NaruConnectionError(NaruError):
    """The server was not reached, so nothing has happened there; or a read lost its answer."""


class NaruTimeoutError(NaruError):
    """A call without effect got no answer in time."""


class UnexpectedAnswerError(NaruError):
    """An answer that is not of this API: usually another program, or a proxy in between, answered."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(
            f"the answer (HTTP {status}) is not one of the Naru API: {what}; check base_url and what stands in between"
        )
        self.status = status


class WebhookVerificationError(NaruError):
    """The request is not to be believed. Answer 400, and do nothing."""
