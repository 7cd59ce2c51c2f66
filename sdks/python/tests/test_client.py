from __future__ import annotations

import socket
import time
import unittest
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from naru import (
    Naru,
    NaruApiError,
    NaruConnectionError,
    NaruError,
    NaruTimeoutError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
)

from .scripted_server import CUT, HANG, LOSE, ScriptedServer, answer, problem

WITHDRAWAL: dict[str, Any] = {
    "id": "wd_01kjr3q8c6e7rvt0xx0n3m7d5b",
    "object": "withdrawal",
    "state": "PENDING",
    "chain": "localhost",
    "asset": "USDC",
    "to": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "amount": "9007199254740993.000001",
    "fee": "0",
    "reference": None,
    "priority": "STANDARD",
    "metadata": {},
    "bulkId": None,
    "transaction": None,
    "failure": None,
    "review": None,
    "createdAt": "2026-03-02T09:15:27.431Z",
    "updatedAt": "2026-03-02T09:15:27.431Z",
    "confirmedAt": None,
}
INPUT: Any = {name: WITHDRAWAL[name] for name in ("chain", "asset", "to", "amount")}
ACCEPTED = answer(202, WITHDRAWAL)
GATEWAY_PAGE = answer(502, b"<html>", {"content-type": "text/html"})


def client(server: ScriptedServer, **options: Any) -> Naru:
    return Naru(base_url=server.url, api_key="nk_test_key", **options)


class Create(unittest.TestCase):
    def test_sends_the_key_the_amount_as_text_and_a_fresh_idempotency_key_for_each_call(self) -> None:
        with ScriptedServer([ACCEPTED]) as server:
            naru = client(server, language="ko")
            self.assertEqual(naru.withdrawals.create(INPUT), WITHDRAWAL)
            naru.withdrawals.create({**INPUT, "amount": Decimal("1E+2")})
            first, second = server.received
            self.assertEqual(first.headers["authorization"], "Bearer nk_test_key")
            self.assertEqual(first.headers["accept-language"], "ko")
            self.assertIn(b'"amount":"9007199254740993.000001"', first.body)
            self.assertIn(b'"amount":"100"', second.body)
            self.assertRegex(first.headers["idempotency-key"], r"^[0-9a-f-]{36}$")
            self.assertNotEqual(first.headers["idempotency-key"], second.headers["idempotency-key"])

    def test_a_float_is_no_amount_and_nothing_is_sent(self) -> None:
        with ScriptedServer([ACCEPTED]) as server:
            with self.assertRaisesRegex(TypeError, "0.1 is a float, which is not exact"):
                client(server).withdrawals.create({**INPUT, "amount": 0.1})
            self.assertEqual(server.received, [])

    def test_repeats_with_the_same_key_and_body(self) -> None:
        for name, step in {
            "a lost answer": LOSE,
            "half an answer": CUT,
            "503": problem(503, "unavailable", retryable=True),
            "in flight": problem(409, "idempotency_in_flight", retryable=True),
            "a gateway page": GATEWAY_PAGE,
        }.items():
            with self.subTest(name), ScriptedServer([step, step, ACCEPTED]) as server:
                self.assertEqual(client(server).withdrawals.create(INPUT), WITHDRAWAL)
                self.assertEqual(len(server.received), 3)
                self.assertEqual(len({one.headers["idempotency-key"] for one in server.received}), 1)
                self.assertEqual(len({one.body for one in server.received}), 1)

    def test_waits_as_long_as_retry_after_says_and_not_beyond_its_deadline(self) -> None:
        slow = problem(429, "rate_limited", retryable=True, headers={"retry-after": "1"})
        with ScriptedServer([slow, ACCEPTED]) as server:
            began = time.monotonic()
            client(server).withdrawals.create(INPUT)
            self.assertGreaterEqual(time.monotonic() - began, 0.99)
        for_an_hour = problem(429, "rate_limited", retryable=True, headers={"retry-after": "3600"})
        with ScriptedServer([for_an_hour]) as server, self.assertRaises(NaruApiError) as caught:
            client(server).withdrawals.create(INPUT)
        self.assertEqual((caught.exception.code, caught.exception.status), ("rate_limited", 429))

    def test_no_answer_until_the_deadline_the_outcome_is_unknown_and_the_key_is_told(self) -> None:
        with ScriptedServer([HANG]) as server:
            with self.assertRaisesRegex(OutcomeUnknownError, "call again with the same idempotency key") as caught:
                client(server, timeout=0.2).withdrawals.create(INPUT)
            self.assertEqual(caught.exception.idempotency_key, server.received[0].headers["idempotency-key"])

    def test_the_outcome_is_unknown(self) -> None:
        for name, script in {
            "answers are lost every time": [LOSE],
            "the last try is told to slow down": [LOSE, problem(429, "rate_limited")],
            "the key is revoked in between": [LOSE, problem(401, "unauthenticated")],
            "the server has a bug": [problem(500, "internal")],
            "a proxy answers 200 with a page": [answer(200, b"<html>")],
        }.items():
            with self.subTest(name), ScriptedServer(list(script)) as server:
                with self.assertRaises(OutcomeUnknownError) as caught:
                    client(server, retries_max=1).withdrawals.create(INPUT, idempotency_key="mine")
                self.assertEqual(caught.exception.idempotency_key, "mine")

    def test_a_refusal_of_this_very_key_settles_what_a_lost_answer_left_open(self) -> None:
        refusal = problem(422, "insufficient_balance")
        for script in ([refusal], [LOSE, refusal]):
            with ScriptedServer(list(script)) as server, self.assertRaises(NaruApiError) as caught:
                client(server).withdrawals.create(INPUT)
            self.assertEqual(caught.exception.code, "insufficient_balance")
            self.assertEqual(caught.exception.request_id, "req_1")

    def test_a_server_that_is_not_there_has_done_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with self.assertRaisesRegex(NaruConnectionError, "cannot reach .* check that the API runs there"):
            Naru(base_url=f"http://127.0.0.1:{port}", api_key="k", retries_max=0).withdrawals.create(INPUT)

    def test_an_address_that_is_none(self) -> None:
        with self.assertRaisesRegex(NaruError, "base_url must be an http or https address"):
            Naru(base_url="localhost:3000", api_key="k")


class Read(unittest.TestCase):
    def test_lists_all_pages(self) -> None:
        pages = [
            answer(200, {"data": [WITHDRAWAL, WITHDRAWAL], "nextCursor": "next"}),
            answer(200, {"data": [WITHDRAWAL], "nextCursor": None}),
        ]
        with ScriptedServer(list(pages)) as server:
            since = datetime(2026, 3, 2, tzinfo=timezone.utc)
            found = list(client(server).withdrawals.list(state=["PENDING", "SIGNED"], created_from=since))
            self.assertEqual(len(found), 3)
            self.assertEqual(
                server.received[0].target,
                "/v1/withdrawals?state=PENDING%2CSIGNED&createdFrom=2026-03-02T00%3A00%3A00%2B00%3A00&limit=100",
            )
            self.assertIn("cursor=next", server.received[1].target)
            with self.assertRaisesRegex(ValueError, "no time zone"):
                client(server).withdrawals.list(created_from=datetime(2026, 3, 2))

    def test_an_answer_that_is_not_of_this_api(self) -> None:
        for name, step in {"a page": answer(200, b"<html>"), "another object": answer(200, {"id": "x"})}.items():
            with self.subTest(name), ScriptedServer([step]) as server:
                with self.assertRaisesRegex(UnexpectedAnswerError, "check base_url and what stands in between"):
                    client(server).withdrawals.get("wd_1")

    def test_a_read_that_is_late(self) -> None:
        with ScriptedServer([HANG]) as server, self.assertRaises(NaruTimeoutError):
            client(server, timeout=0.2).balances.list()

    def test_wait_for_tells_each_state_and_ends_in_a_final_one(self) -> None:
        states = ["PENDING", "PENDING", "SIGNING", "FAILED"]
        script: list[bytes | None] = [answer(200, {**WITHDRAWAL, "state": state}) for state in states]
        with ScriptedServer(script) as server:
            seen: list[str] = []
            ended = client(server).withdrawals.wait_for(
                "wd_1", until=["CONFIRMED"], poll=0.01, on_state=lambda one: seen.append(one["state"])
            )
            self.assertEqual((ended["state"], seen), ("FAILED", ["PENDING", "SIGNING", "FAILED"]))
        with ScriptedServer([answer(200, WITHDRAWAL)]) as server:
            with self.assertRaisesRegex(NaruTimeoutError, "was still PENDING after 0.05 s; it goes on by itself"):
                client(server).withdrawals.wait_for("wd_1", timeout=0.05, poll=0.02)


class Bulk(unittest.TestCase):
    ACCEPTED = answer(
        202, {"id": "bulk_1", "object": "bulk_withdrawal", "total": 2, "counts": {}, "createdAt": "2026-03-02T09:15:27Z"}
    )

    def test_a_text_is_sent_again_and_a_stream_is_not(self) -> None:
        with ScriptedServer([LOSE, self.ACCEPTED]) as server:
            self.assertEqual(client(server).bulk.create("chain,…\n")["total"], 2)
            self.assertEqual([one.body for one in server.received], ["chain,…\n".encode()] * 2)
        with ScriptedServer([LOSE]) as server:
            with self.assertRaises(OutcomeUnknownError):
                client(server).bulk.create(iter([b"chain,", b"asset\n"]))
            self.assertEqual([one.body for one in server.received], [b"chain,asset\n"])

    def test_a_report_comes_in_pieces_and_half_of_one_is_an_error(self) -> None:
        whole = answer(200, "id,상태\n".encode(), {"content-type": "text/csv"})
        with ScriptedServer([whole]) as server:
            self.assertEqual("".join(client(server).bulk.report("bulk_1")), "id,상태\n")
        with ScriptedServer([CUT]) as server, self.assertRaisesRegex(NaruConnectionError, "lost before the end"):
            list(client(server).bulk.report("bulk_1"))


class Stream(unittest.TestCase):
    def test_a_lost_connection_goes_on_after_the_last_event_that_was_dealt_with(self) -> None:
        def told(*ids: int) -> bytes:
            blocks = "".join(
                f'id: {n}\ndata: {{"id":"{n}","type":"withdrawal.pending","timestamp":"x","data":{{}}}}\n\n' for n in ids
            )
            return answer(200, (": hello\n\n" + blocks).encode(), {"content-type": "text/event-stream"})

        with ScriptedServer([told(1, 2), problem(503, "unavailable"), told(3)]) as server:
            events = client(server).events.stream(after="0")
            self.assertEqual([next(events)["id"] for _ in range(3)], ["1", "2", "3"])
            self.assertEqual(
                [one.target for one in server.received],
                ["/v1/stream?after=0", "/v1/stream?after=2", "/v1/stream?after=2"],
            )

    def test_raises_what_no_repeat_can_mend(self) -> None:
        with ScriptedServer([problem(401, "unauthenticated")]) as server, self.assertRaises(NaruApiError):
            next(client(server).events.stream())


if __name__ == "__main__":
    unittest.main()
