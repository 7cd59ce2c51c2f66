"""Verifies webhooks with the public library: takes a list of {secret, headers, body} as JSON, prints what each gave."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def verify(given):
    try:
        return {"payload": Webhook(given["secret"]).verify(given["body"], given["headers"])}
    except WebhookVerificationError as error:
        return {"error": str(error)}


print(json.dumps([verify(given) for given in json.loads(sys.argv[1])]))
