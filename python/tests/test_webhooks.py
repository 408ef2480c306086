"""Signatures: the example of the Standard Webhooks libraries, and everything that must not pass."""

import base64
import hmac

import pytest

from bitbasel_media import WebhookError, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
SENT_AT = 1_614_265_330
HEADERS = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "Webhook-Timestamp": str(SENT_AT),
    "Webhook-Signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_takes_what_was_signed() -> None:
    event: object = verify_webhook(SECRET, HEADERS, BODY, now=SENT_AT + 299)
    assert event == {"test": 2432232314}


@pytest.mark.parametrize(
    ("secret", "headers", "body", "now"),
    [
        (SECRET, HEADERS, b'{"test": 2432232315}', SENT_AT),
        ("whsec_" + "A" * 32, HEADERS, BODY, SENT_AT),
        (SECRET, HEADERS | {"Webhook-Id": "msg_other"}, BODY, SENT_AT),
        (SECRET, HEADERS | {"Webhook-Signature": "v2,g0hM9SsE"}, BODY, SENT_AT),
        (SECRET, HEADERS | {"Webhook-Timestamp": "soon"}, BODY, SENT_AT),
        (SECRET, HEADERS, BODY, SENT_AT + 301),
        (SECRET, HEADERS, BODY, SENT_AT - 301),
        (SECRET, {}, BODY, SENT_AT),
    ],
)
def test_refuses_all_else(secret: str, headers: dict[str, str], body: bytes, now: float) -> None:
    with pytest.raises(WebhookError):
        verify_webhook(secret, headers, body, now=now)


def test_what_is_signed_and_no_event_is_refused() -> None:
    for body in (b"[]", b"not JSON"):
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        signed = f"msg.{SENT_AT}.".encode() + body
        signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        headers = {
            "webhook-id": "msg",
            "webhook-timestamp": str(SENT_AT),
            "webhook-signature": f"v1,{signature}",
        }
        with pytest.raises(WebhookError, match="The body is"):
            verify_webhook(SECRET, headers, body, now=SENT_AT)
