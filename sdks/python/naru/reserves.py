"""Checks that a balance is in the total of a report on reserves. Calls nobody."""

from __future__ import annotations

import hashlib
from typing import TypedDict

from . import types as t


class VerifiedAsset(TypedDict):
    """What a proof shows of one asset; ``problem`` is None where the balance is in the total."""

    chain: str
    asset: str
    problem: str | None


def verify_reserves_proof(proof: t.ReservesProof) -> list[VerifiedAsset]:
    """
    Checks a proof with nothing but SHA-256: that each balance, with its salt, leads to the root, and that the sums on
    the way lead to the total. Compare ``root`` and ``totalUnits`` with those of the report that others were shown: that
    is what makes the total the same for all.
    """
    return [
        {"chain": one["chain"], "asset": one["asset"], "problem": _problem_of(one)} for one in proof["assets"]
    ]


def _problem_of(asset: t.ReservesProofAssetsItem) -> str | None:
    leaf = asset["leaf"]
    total = int(leaf["units"])
    node = _sha256("naru-reserves-leaf-1", leaf["salt"], leaf["organisationUuid"], leaf["assetId"], str(total))
    for step in asset["path"]:
        beside, units = step["hash"], int(step["sumUnits"])
        left, right = ((beside, units), (node, total)) if step["side"] == "left" else ((node, total), (beside, units))
        node = _sha256("naru-reserves-node-1", left[0], str(left[1]), right[0], str(right[1]))
        total += units
    if node != asset["root"]:
        return "the balance does not lead to the root"
    return None if total == int(asset["totalUnits"]) else "the sums do not lead to the total"


def _sha256(*lines: str) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
