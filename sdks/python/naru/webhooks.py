"""Checks webhooks. Source: Standard Webhooks 1.0.0."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import WebhookVerificationError

_SECRET_PREFIX = "whsec_"
_VERSION = "v1,"
#: More signatures than anybody sends would only be work.
_SIGNATURES_MAX = 20


def verify_webhook(
    *,
    secret: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes | str,
    tolerance: float = 300,
    now: float | None = None,
) -> dict[str, Any]:
    """
    Checks that a webhook comes from Naru and is new, and gives its event: ``id``, ``type``, ``timestamp``, ``data``.

    :param secret: ``whsec_…``; several while one is being replaced
    :param headers: of the request, with names in any case
    :param body: as it came, before any parser: a byte more or less, and nothing matches
    :param tolerance: how far the time of the request may be from now, on either side, in seconds
    :param now: seconds since 1970, for tests
    :raises WebhookVerificationError: answer 400, and do nothing
    """
    raw = body.encode() if isinstance(body, str) else body
    message_id = _header(headers, "webhook-id")
    timestamp = _header(headers, "webhook-timestamp")
    signatures = _header(headers, "webhook-signature")
    _check_time(timestamp, time.time() if now is None else now, tolerance)
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not secrets:
        raise WebhookVerificationError("no secret was given")
    signed = f"{message_id}.{timestamp}.".encode() + raw
    wanted = [hmac.new(_key(one), signed, hashlib.sha256).digest() for one in secrets]
    given = [
        _decode(one[len(_VERSION) :])
        for one in signatures.split(" ")[:_SIGNATURES_MAX]
        if one.startswith(_VERSION)
    ]
    if not any(one is not None and hmac.compare_digest(one, other) for other in wanted for one in given):
        raise WebhookVerificationError(
            "no signature matches: is it the secret of this endpoint, and the body as it came, before any parser?"
        )
    return _parse(raw)


def _header(headers: Mapping[str, str], name: str) -> str:
    for key, value in headers.items():
        if key.lower() == name and value:
            return value
    raise WebhookVerificationError(f"the header {name} is missing: this is no webhook")


def _check_time(timestamp: str, now: float, tolerance: float) -> None:
    if re.fullmatch(r"[0-9]{1,12}", timestamp) is None:
        raise WebhookVerificationError("the header webhook-timestamp is not a number of seconds")
    ahead = int(timestamp) - now
    if ahead < -tolerance:
        raise WebhookVerificationError("the request is too old: somebody may be sending it once more")
    if ahead > tolerance:
        raise WebhookVerificationError("the request is from the future: compare the clocks of both sides")


def _key(secret: str) -> bytes:
    key = _decode(secret.removeprefix(_SECRET_PREFIX))
    if not key:
        raise WebhookVerificationError("the secret is not one of an endpoint, which begins with whsec_")
    return key


def _decode(text: str) -> bytes | None:
    """Base64, with or without its padding; None for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        event = json.loads(raw)
    except ValueError:
        event = None
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) for name in ("id", "type", "timestamp")):
        raise WebhookVerificationError("it is signed, but it is not an event of Naru")
    return event
