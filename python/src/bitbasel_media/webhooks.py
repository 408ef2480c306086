"""Checks that a webhook comes from the media server (Standard Webhooks)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import cast

from .models import MediaEvent

PREFIX = "whsec_"


class WebhookError(ValueError):
    """The request is not a webhook of the server's, or is too old."""


def verify_webhook(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance_seconds: float = 300,
    now: float | None = None,
) -> MediaEvent:
    """
    Return the event, or raise `WebhookError`.

    `secret` is the endpoint's (`whsec_...`), `body` the bytes as they came, before any parsing.
    A delivery is at least once, and whoever has caught one can send it again within the tolerance:
    keep the `id` of the events you have handled.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        message_id = lower["webhook-id"]
        timestamp = lower["webhook-timestamp"]
        signatures = lower["webhook-signature"].split(" ")
        sent_at = int(timestamp)
    except (KeyError, ValueError) as error:
        raise WebhookError("A header is missing or malformed.") from error
    if abs((time.time() if now is None else now) - sent_at) > tolerance_seconds:
        raise WebhookError("The timestamp is too far from now.")
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256))
    if not any(_is_equal(signature, expected) for signature in signatures):
        raise WebhookError("The signature does not match.")
    try:
        event = json.loads(body)
    except ValueError as error:
        raise WebhookError("The body is not JSON.") from error
    if not isinstance(event, dict):
        raise WebhookError("The body is no event.")
    return cast(MediaEvent, event)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise WebhookError("The secret is not base64.") from error


def _is_equal(signature: str, expected: bytes) -> bool:
    version, _, value = signature.partition(",")
    return version == "v1" and hmac.compare_digest(value.encode(), expected)
