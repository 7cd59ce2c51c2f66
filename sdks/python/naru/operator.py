"""Calls that need a key of the installation's operator (scope ``admin``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from . import types as t
from .operator_calls import OperatorCalls
from .resource import pages
from .transport import Query, new_key

T = TypeVar("T")


class Admin(OperatorCalls):
    """
    Each operator's call is a method with the name that the API gives it::

        naru.admin.retry_withdrawal(id, {"reason": "the node is back"})
        for letter in naru.admin.list_dead_letters(state="OPEN"): ...

    For one that this version does not know yet, name its path and the type of its answer::

        naru.admin.get("/v1/admin/settings", types.SettingList)["data"]
    """

    def get(self, path: str, shape: type[T], query: Query | None = None) -> T:
        return self._get(path, shape, query)

    def pages(self, path: str, shape: type[Any], query: Query | None = None) -> Iterator[Any]:
        """All rows of a list, a page at a time behind the scenes."""
        return pages(lambda page: self._get(path, shape, {**(query or {}), **page}))

    def post(self, path: str, body: object, shape: type[T], *, idempotency_key: str | None = None) -> T:
        """With one idempotency key for all its tries, like every call that changes something."""
        return self._post(path, body, shape, idempotency_key or new_key())

    def credit(self, input: t.CreateCreditRequest, *, idempotency_key: str | None = None) -> t.Credit:
        """Credits an owner's balance."""
        return self.post("/v1/admin/credits", input, t.Credit, idempotency_key=idempotency_key)
