"""Client of the Naru withdrawals API. Needs Python 3.11 and nothing else."""

from .client import Naru, hash_facts
from .errors import (
    NaruApiError,
    NaruConnectionError,
    NaruError,
    NaruTimeoutError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    WebhookVerificationError,
)
from .reserves import VerifiedAsset, verify_reserves_proof
from .webhooks import verify_webhook

__all__ = [
    "Naru",
    "NaruApiError",
    "NaruConnectionError",
    "NaruError",
    "NaruTimeoutError",
    "OutcomeUnknownError",
    "UnexpectedAnswerError",
    "VerifiedAsset",
    "WebhookVerificationError",
    "hash_facts",
    "verify_reserves_proof",
    "verify_webhook",
]
