"""Webhooks as a dependency."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import HTTPException, Request

from ..models import MediaEvent
from ..webhooks import WebhookError, verify_webhook

# An event has some hundred bytes; nobody unknown fills the memory.
_LONGEST_BODY = 64 * 1024


def webhook_event(
    secret: str | Sequence[str], *, tolerance_seconds: float = 300
) -> Callable[[Request], Awaitable[MediaEvent]]:
    """
    Make a dependency that is the event of a webhook: `Annotated[MediaEvent, Depends(...)]`.

    `secret` is the endpoint's, or several while it is being changed. What is not signed with one of
    them, or more than `tolerance_seconds` ago, is answered 401.

    Within that time whoever has caught a delivery can send it again, and the media server itself
    delivers at least once: keep the ids of events, and do nothing for one that you have seen.
    """
    secrets = [secret] if isinstance(secret, str) else list(secret)

    async def event(request: Request) -> MediaEvent:
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise HTTPException(411, "A webhook tells its length.")
        if int(length) > _LONGEST_BODY:
            raise HTTPException(413, "No event is so long.")
        body = await request.body()
        refusal = WebhookError("There is no secret.")
        for one in secrets:
            try:
                return verify_webhook(
                    one, request.headers, body, tolerance_seconds=tolerance_seconds
                )
            except WebhookError as error:
                refusal = error
        raise HTTPException(401, str(refusal))

    return event
