"""
Against a stack that runs: ``NARU_URL``, ``NARU_API_KEY``. Prints what it did as JSON; whoever started it judges by the
chain.
"""

from __future__ import annotations

import json
import os

from naru import Naru, NaruApiError

RECIPIENT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def main() -> None:
    naru = Naru(base_url=os.environ["NARU_URL"], api_key=os.environ["NARU_API_KEY"])
    before = {(one["chain"], one["asset"]): one["available"] for one in naru.balances.list()}
    assert ("localhost", "USDC") in before, before
    stream = naru.events.stream(after="0")

    states: list[str] = []
    created = naru.withdrawals.create(
        {"chain": "localhost", "asset": "USDC", "to": RECIPIENT, "amount": "1.5", "reference": "python-1"},
        idempotency_key="python-1",
    )
    again = naru.withdrawals.create(
        {"chain": "localhost", "asset": "USDC", "to": RECIPIENT, "amount": "1.5", "reference": "python-1"},
        idempotency_key="python-1",
    )
    assert again["id"] == created["id"], (again, created)
    settled = naru.withdrawals.wait_for(
        created["id"], timeout=60, poll=0.1, on_state=lambda one: states.append(one["state"])
    )
    assert settled["state"] == "CONFIRMED", settled
    assert settled["transaction"] is not None and settled["transaction"]["hash"] is not None
    assert [one["to"] for one in naru.withdrawals.events(created["id"])][-1] == "CONFIRMED"
    assert [one["id"] for one in naru.withdrawals.list(reference="python-1")] == [created["id"]]

    told = []
    for event in stream:
        told.append(event["type"])
        if event["type"] == "withdrawal.confirmed":
            break
    assert naru.events.get(event["id"]) == event

    rows = "".join(f"localhost,USDC,{RECIPIENT},0.{n},python-bulk,STANDARD\n" for n in range(1, 6))
    csv = "chain,asset,to,amount,reference,priority\n" + rows
    assert naru.bulk.create(csv, dry_run=True)["total"] == 5
    bulk = naru.bulk.create(iter([csv[:40].encode(), csv[40:].encode()]), idempotency_key="python-bulk")
    paid = [naru.withdrawals.wait_for(one["id"], timeout=60, poll=0.1) for one in naru.withdrawals.list(bulk_id=bulk["id"])]
    assert {one["state"] for one in paid} == {"CONFIRMED"}, paid
    assert naru.bulk.get(bulk["id"])["counts"] == {"CONFIRMED": 5}
    report = "".join(naru.bulk.report(bulk["id"]))

    refusals = {}
    for name, change in {"amount": {"amount": "-1"}, "balance": {"amount": "999999999999"}, "asset": {"asset": "NONE"}}.items():
        try:
            naru.withdrawals.create({"chain": "localhost", "asset": "USDC", "to": RECIPIENT, "amount": "1", **change})  # type: ignore[typeddict-item]
        except NaruApiError as error:
            refusals[name] = error.code
    print(
        json.dumps(
            {
                "ids": [created["id"], *(one["id"] for one in paid)],
                "states": states,
                "told": told,
                "reportLines": len(report.splitlines()),
                "refusals": refusals,
            }
        )
    )


main()
