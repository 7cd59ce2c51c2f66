"""The client of the withdrawals API."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, cast, overload
from urllib.parse import quote as _quote

from . import types as t
from .errors import NaruTimeoutError
from .operator import Admin
from .resource import Resource, pages
from .stream import follow
from .transport import Call, Transport, new_key

_TIMEOUT = 30.0
_UPLOAD_TIMEOUT = 300.0
_RETRIES_MAX = 3
_WAIT = 600.0
_POLL = 1.0
_FINAL_STATES = ("CONFIRMED", "FAILED", "CANCELED")


class Naru:
    """
    A client of the withdrawals API. Holds no connection and no state: make one and keep it; threads may share it.

    :param base_url: as in ``http://127.0.0.1:3000``
    :param api_key: ``nk_test_…`` or ``nk_live_…``; keep it out of repositories
    :param timeout: seconds for each call, all its tries and waits included
    :param retries_max: tries after the first
    :param language: of error texts: ``en`` or ``ko``
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        timeout: float = _TIMEOUT,
        retries_max: int = _RETRIES_MAX,
        language: Literal["en", "ko"] | None = None,
    ) -> None:
        transport = Transport(
            base_url=base_url, api_key=api_key, timeout=timeout, retries_max=retries_max, language=language
        )
        self.withdrawals = Withdrawals(transport)
        self.bulk = Bulk(transport)
        self.events = Events(transport)
        self.reviews = Reviews(transport)
        self.deposits = Deposits(transport)
        self.deposit_addresses = DepositAddresses(transport)
        self.reserves = Reserves(transport)
        self.webhook_endpoints = WebhookEndpoints(transport)
        self.webhook_deliveries = WebhookDeliveries(transport)
        self.address_book = AddressBook(transport)
        self.chains = Chains(transport)
        self.assets = Assets(transport)
        self.balances = Balances(transport)
        #: For keys with the scope ``admin``.
        self.admin = Admin(transport)


class Withdrawals(Resource):
    def create(
        self, input: t.CreateWithdrawalRequest, *, idempotency_key: str | None = None, timeout: float | None = None
    ) -> t.Withdrawal:
        """Requests a withdrawal. Amounts are decimal strings. With the key of an earlier call it pays at most once."""
        return self._post("/v1/withdrawals", input, t.Withdrawal, idempotency_key or new_key(), timeout)

    def quote(self, input: t.QuoteRequest) -> t.WithdrawalQuote:
        """What it would cost, and whether it would be accepted now. Reserves nothing."""
        return self._post("/v1/withdrawals/quote", input, t.WithdrawalQuote, None)

    def get(self, id: str) -> t.Withdrawal:
        return self._get(_path("withdrawals", id), t.Withdrawal)

    def list(
        self,
        *,
        state: str | Sequence[str] | None = None,
        chain: str | None = None,
        asset: str | None = None,
        to: str | None = None,
        reference: str | None = None,
        priority: str | None = None,
        bulk_id: str | None = None,
        created_from: datetime | str | None = None,
        created_to: datetime | str | None = None,
    ) -> Iterator[t.Withdrawal]:
        """All that match, newest first, a page at a time behind the scenes. ``created_to`` is exclusive."""
        query = {
            "state": _joined(state),
            "chain": chain,
            "asset": asset,
            "to": to,
            "reference": reference,
            "priority": priority,
            "bulkId": bulk_id,
            "createdFrom": _instant(created_from),
            "createdTo": _instant(created_to),
        }
        return pages(lambda page: self._get("/v1/withdrawals", t.WithdrawalPage, {**query, **page}))

    def events(self, id: str) -> Sequence[t.WithdrawalEvent]:
        """Every change of state, oldest first."""
        return self._get(_path("withdrawals", id, "events"), t.WithdrawalEvents)["data"]

    def decision(self, id: str) -> t.Decision:
        """What the rules said of it; a problem ``decision_not_found`` where none governed it, or it waits."""
        return self._get(_path("withdrawals", id, "decision"), t.Decision)

    def cancel(self, id: str, *, idempotency_key: str | None = None) -> t.Withdrawal:
        return self._post(_path("withdrawals", id, "cancel"), None, t.Withdrawal, idempotency_key or new_key())

    def wait_for(
        self,
        id: str,
        *,
        until: Iterable[str] = (),
        timeout: float = _WAIT,
        poll: float = _POLL,
        on_state: Callable[[t.Withdrawal], None] | None = None,
    ) -> t.Withdrawal:
        """
        Polls until the withdrawal is in one of the states ``until``, or in a final one: check ``state``.

        :param on_state: called with each state that was not seen before, the first included
        :raises NaruTimeoutError: after ``timeout`` seconds; the withdrawal goes on by itself
        """
        wanted = {*until, *_FINAL_STATES}
        deadline = time.monotonic() + timeout
        seen: str | None = None
        while True:
            current = self.get(id)
            if current["state"] != seen and on_state is not None:
                on_state(current)
            seen = current["state"]
            if seen in wanted:
                return current
            if time.monotonic() + poll > deadline:
                raise NaruTimeoutError(
                    f"withdrawal {id} was still {seen} after {timeout:g} s; it goes on by itself: wait again"
                )
            time.sleep(poll)


class Bulk(Resource):
    @overload
    def create(
        self,
        csv: str | bytes | Iterable[bytes],
        *,
        dry_run: Literal[False] = False,
        idempotency_key: str | None = None,
        timeout: float = _UPLOAD_TIMEOUT,
    ) -> t.BulkWithdrawal: ...

    @overload
    def create(
        self,
        csv: str | bytes | Iterable[bytes],
        *,
        dry_run: Literal[True],
        idempotency_key: str | None = None,
        timeout: float = _UPLOAD_TIMEOUT,
    ) -> t.BulkDryRun: ...

    def create(
        self,
        csv: str | bytes | Iterable[bytes],
        *,
        dry_run: bool = False,
        idempotency_key: str | None = None,
        timeout: float = _UPLOAD_TIMEOUT,
    ) -> t.BulkWithdrawal | t.BulkDryRun:
        """
        A file of withdrawals: all rows are accepted, or none.

        :param csv: text, bytes, or a stream of bytes such as an open file; a stream can be sent only once
        :param dry_run: only checks
        """
        shape: Any = t.BulkDryRun if dry_run else t.BulkWithdrawal
        call = Call(
            "POST",
            "/v1/bulk-withdrawals",
            query={"dryRun": dry_run},
            idempotency_key=idempotency_key or new_key(),
            content_type="text/csv",
            body=csv.encode() if isinstance(csv, str) else csv,
            timeout=timeout,
        )
        return cast("t.BulkWithdrawal | t.BulkDryRun", self._transport.json(call, shape))

    def get(self, id: str) -> t.BulkWithdrawal:
        return self._get(_path("bulk-withdrawals", id), t.BulkWithdrawal)

    def report(self, id: str, *, timeout: float = _UPLOAD_TIMEOUT) -> Iterator[str]:
        """The report as CSV, a piece of text at a time."""
        return self._transport.text(Call("GET", f"{_path('bulk-withdrawals', id)}/report.csv", timeout=timeout))


class Events(Resource):
    def stream(self, *, after: str | None = None) -> Iterator[t.StreamEvent]:
        """
        What happens to your withdrawals, deposits and files, each event once and in order, for as long as you iterate: a
        connection that is lost is made again, and goes on after the last event that you were given. Raises what no repeat can mend.

        :param after: ``id`` of the last event you have dealt with; ``"0"`` begins with the first. Without it: what
            happens from now on
        """
        return follow(self._transport, after)

    def list(
        self, *, type: str | None = None, withdrawal_id: str | None = None, deposit_id: str | None = None
    ) -> Iterator[t.StreamEvent]:
        """What happened, newest first. Goes back to the first one: stop when you have enough."""
        query = {"type": type, "withdrawalId": withdrawal_id, "depositId": deposit_id}
        return pages(lambda page: self._get("/v1/events", t.EventPage, {**query, **page}))

    def get(self, id: str) -> dict[str, Any]:
        """By the ``id`` in its body: ``id``, ``type``, ``timestamp``, ``data``."""
        return cast("dict[str, Any]", self._get(_path("events", id), _Event))


class Reviews(Resource):
    def get(self, id: str) -> t.Review:
        return self._get(_path("reviews", id), t.Review)

    def list(
        self,
        *,
        state: str | Sequence[str] | None = None,
        confirmation: str | None = None,
        withdrawal_id: str | None = None,
    ) -> Iterator[t.Review]:
        query = {"state": _joined(state), "confirmation": confirmation, "withdrawalId": withdrawal_id}
        return pages(lambda page: self._get("/v1/reviews", t.ReviewPage, {**query, **page}))

    def approve(
        self, shown: t.Review, *, reason: str | None = None, alone: bool = False, idempotency_key: str | None = None
    ) -> t.Review:
        """
        Approves what ``shown`` says and nothing else: the hash that goes with the vote is made of it here.

        :param alone: in an emergency, by this one approval
        """
        body = {"factsHash": hash_facts(shown), "alone": alone, "reason": reason}
        return self._vote(shown["id"], "approve", body, idempotency_key)

    def deny(self, id: str, *, reason: str, idempotency_key: str | None = None) -> t.Review:
        return self._vote(id, "deny", {"reason": reason}, idempotency_key)

    def confirm(
        self, shown: t.Review, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> t.Review:
        """As a second person, after an emergency approval."""
        return self._vote(
            shown["id"], "confirm", {"factsHash": hash_facts(shown), "reason": reason}, idempotency_key
        )

    def object(self, id: str, *, reason: str, idempotency_key: str | None = None) -> t.Review:
        return self._vote(id, "object", {"reason": reason}, idempotency_key)

    def _vote(self, id: str, verb: str, body: Any, idempotency_key: str | None) -> t.Review:
        return self._post(_path("reviews", id, verb), body, t.Review, idempotency_key or new_key())


def hash_facts(shown: t.Review) -> str:
    """SHA-256, in hexadecimal, of what a person was shown."""
    facts = (shown["withdrawalId"], shown["chain"], shown["asset"], shown["to"], shown["amount"])
    return hashlib.sha256("\n".join(("naru review facts 1", *facts)).encode()).hexdigest()


class Deposits(Resource):
    def get(self, id: str) -> t.Deposit:
        return self._get(_path("deposits", id), t.Deposit)

    def list(
        self,
        *,
        state: str | None = None,
        chain: str | None = None,
        asset: str | None = None,
        address_id: str | None = None,
    ) -> Iterator[t.Deposit]:
        """All that match, newest first."""
        query = {"state": state, "chain": chain, "asset": asset, "addressId": address_id}
        return pages(lambda page: self._get("/v1/deposits", t.DepositPage, {**query, **page}))


class DepositAddresses(Resource):
    def create(
        self, input: t.CreateDepositAddressRequest, *, idempotency_key: str | None = None
    ) -> t.DepositAddress:
        """One more address to be paid at. It stays valid forever."""
        return self._post("/v1/deposit-addresses", input, t.DepositAddress, idempotency_key or new_key())

    def get(self, id: str) -> t.DepositAddress:
        return self._get(_path("deposit-addresses", id), t.DepositAddress)

    def list(self, *, chain: str | None = None) -> Iterator[t.DepositAddress]:
        return pages(lambda page: self._get("/v1/deposit-addresses", t.DepositAddressPage, {"chain": chain, **page}))


class Reserves(Resource):
    def proof(self) -> t.ReservesProof:
        """The way from each of your balances to the root of the newest report; check it by ``verify_reserves_proof``."""
        return self._get("/v1/reserves/proof", t.ReservesProof)


class WebhookEndpoints(Resource):
    def create(
        self, input: t.CreateWebhookEndpointRequest, *, idempotency_key: str | None = None
    ) -> t.WebhookEndpointCreated:
        """The answer has the secret, once."""
        return self._post("/v1/webhook-endpoints", input, t.WebhookEndpointCreated, idempotency_key or new_key())

    def list(self) -> Sequence[t.WebhookEndpoint]:
        return self._get("/v1/webhook-endpoints", t.WebhookEndpointList)["data"]

    def get(self, id: str) -> t.WebhookEndpoint:
        return self._get(_path("webhook-endpoints", id), t.WebhookEndpoint)

    def change(self, id: str, change: t.ChangeWebhookEndpointRequest) -> t.WebhookEndpoint:
        return self._send("PATCH", _path("webhook-endpoints", id), change, t.WebhookEndpoint)

    def delete(self, id: str) -> None:
        self._send("DELETE", _path("webhook-endpoints", id), None, t.WebhookEndpointDeleted)

    def pause(self, id: str) -> t.WebhookEndpoint:
        return self._post(_path("webhook-endpoints", id, "pause"), None, t.WebhookEndpoint, new_key())

    def resume(self, id: str, missed: Literal["deliver", "skip"]) -> t.WebhookEndpoint:
        """``missed``: whether what happened meanwhile is delivered now, or skipped."""
        return self._post(_path("webhook-endpoints", id, "resume"), {"missed": missed}, t.WebhookEndpoint, new_key())

    def rotate_secret(
        self, id: str, *, overlap_seconds: int | None = None, idempotency_key: str | None = None
    ) -> t.WebhookSecret:
        """What is sent is signed by the secret before, too, for ``overlap_seconds`` (a day)."""
        body = {} if overlap_seconds is None else {"overlapSeconds": overlap_seconds}
        path = _path("webhook-endpoints", id, "rotate-secret")
        return self._post(path, body, t.WebhookSecret, idempotency_key or new_key())

    def test(self, id: str, *, idempotency_key: str | None = None) -> t.WebhookDelivery:
        """Sends ``webhook.test``."""
        return self._post(
            _path("webhook-endpoints", id, "test"), None, t.WebhookDelivery, idempotency_key or new_key()
        )

    def replay(
        self, id: str, input: t.ReplayWebhookEventsRequest, *, idempotency_key: str | None = None
    ) -> t.WebhookReplay:
        return self._post(
            _path("webhook-endpoints", id, "replay"), input, t.WebhookReplay, idempotency_key or new_key()
        )

    def deliveries(self, id: str, *, state: str | None = None, type: str | None = None) -> Iterator[t.WebhookDelivery]:
        """All that match, newest event first."""
        query = {"state": state, "type": type}
        path = _path("webhook-endpoints", id, "deliveries")
        return pages(lambda page: self._get(path, t.WebhookDeliveryPage, {**query, **page}))


class WebhookDeliveries(Resource):
    def get(self, id: str) -> t.WebhookDeliveryDetail:
        """With every try: request and answer."""
        return self._get(_path("webhook-deliveries", id), t.WebhookDeliveryDetail)

    def resend(self, id: str, *, idempotency_key: str | None = None) -> t.WebhookDelivery:
        """Once more, now, under the same id."""
        return self._post(
            _path("webhook-deliveries", id, "resend"), None, t.WebhookDelivery, idempotency_key or new_key()
        )


class AddressBook(Resource):
    """The organisation's own address book."""

    def list(self) -> Iterator[t.AddressBookEntry]:
        return pages(lambda page: self._get("/v1/address-book", t.AddressBookPage, page))

    def add(self, input: t.AddAddressRequest, *, idempotency_key: str | None = None) -> t.AddressBookEntry:
        return self._post("/v1/address-book", input, t.AddressBookEntry, idempotency_key or new_key())

    def remove(self, id: str, *, idempotency_key: str | None = None) -> t.AddressBookEntry:
        return self._post(_path("address-book", id, "remove"), None, t.AddressBookEntry, idempotency_key or new_key())


class Chains(Resource):
    def list(self) -> Sequence[t.Chain]:
        return self._get("/v1/chains", t.ChainList)["data"]


class Assets(Resource):
    def list(self) -> Sequence[t.Asset]:
        return self._get("/v1/assets", t.AssetList)["data"]


class Balances(Resource):
    def list(self) -> Sequence[t.Balance]:
        return self._get("/v1/balances", t.BalanceList)["data"]


class _Event(TypedDict):
    id: str
    type: str
    timestamp: str
    data: Any


def _path(collection: str, id: str, verb: str | None = None) -> str:
    path = f"/v1/{collection}/{_quote(id, safe='')}"
    return path if verb is None else f"{path}/{verb}"


def _joined(value: str | Sequence[str] | None) -> str | None:
    return value if value is None or isinstance(value, str) else ",".join(value)


def _instant(value: datetime | str | None) -> str | None:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone: pass datetime.now(timezone.utc), or one with a zone of its own")
    return value.isoformat()
