from __future__ import annotations

import sys
import unittest
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from naru import WebhookVerificationError, verify_webhook

# The public library of the Standard Webhooks project signs, and this client verifies.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "test" / "vendor" / "standardwebhooks-python"))
from standardwebhooks import Webhook  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = 1_772_442_953
BODY = '{"id":"evt_1","type":"webhook.test","timestamp":"2026-03-02T09:15:27.431Z","data":{"message":"한글도 그대로"}}'


def signed(secret: str, body: str = BODY, at: int = NOW) -> dict[str, str]:
    when = datetime.fromtimestamp(at, timezone.utc)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": Webhook(secret).sign("msg_1", when, body),
    }


class VerifyWebhook(unittest.TestCase):
    def test_takes_what_the_public_library_signs(self) -> None:
        for body in (BODY, BODY.encode()):
            event = verify_webhook(secret=SECRET, headers=signed(SECRET), body=body, now=NOW)
            self.assertEqual(event["data"]["message"], "한글도 그대로")
        capitals = {name.title(): value for name, value in signed(SECRET).items()}
        self.assertEqual(verify_webhook(secret=SECRET, headers=capitals, body=BODY, now=NOW)["id"], "evt_1")

    def test_takes_one_of_several_secrets_and_one_of_several_signatures(self) -> None:
        many = f"v1a,AAAA v1,nonsense! {signed(OTHER)['webhook-signature']} {signed(SECRET)['webhook-signature']}"
        both = {**signed(SECRET), "webhook-signature": many}
        secrets: list[Any] = [SECRET, OTHER, [OTHER, SECRET]]
        for secret in secrets:
            self.assertEqual(verify_webhook(secret=secret, headers=both, body=BODY, now=NOW)["type"], "webhook.test")

    def test_refuses(self) -> None:
        cases: dict[str, tuple[dict[str, Any], str]] = {
            "another body": ({"body": BODY + " "}, "no signature matches"),
            "another secret": ({"secret": OTHER}, "no signature matches"),
            "no secret": ({"secret": []}, "no secret was given"),
            "what is none": ({"secret": "whsec_%"}, "begins with whsec_"),
            "no signature": ({"headers": {}}, "the header webhook-id is missing"),
            "an old one": ({"now": NOW + 301}, "too old"),
            "one of the future": ({"now": NOW - 301}, "compare the clocks"),
            "no time": ({"headers": {**signed(SECRET), "webhook-timestamp": "1e9"}}, "not a number of seconds"),
        }
        for name, (change, reason) in cases.items():
            with self.subTest(name), self.assertRaisesRegex(WebhookVerificationError, reason):
                verify_webhook(**{"secret": SECRET, "headers": signed(SECRET), "body": BODY, "now": NOW, **change})
        other = '{"hello":"world"}'
        with self.assertRaisesRegex(WebhookVerificationError, "not an event of Naru"):
            verify_webhook(secret=SECRET, headers=signed(SECRET, other), body=other, now=NOW)


if __name__ == "__main__":
    unittest.main()
