"""Client of the BitBasel media server, for asyncio and without."""

from . import models
from .client import MediaServerClient, get_media_server_client
from .errors import (
    Conflict,
    MediaServerError,
    MediaServerUnavailable,
    NotAuthorized,
    NotFound,
    RateLimited,
)
from .models import Health, MediaEvent, RoomInfo, RoomStats, ServerStats
from .retry import NO_RETRY, RetryPolicy
from .sync_client import SyncMediaServerClient
from .webhooks import WebhookError, verify_webhook

__all__ = [
    "NO_RETRY",
    "Conflict",
    "Health",
    "MediaEvent",
    "MediaServerClient",
    "MediaServerError",
    "MediaServerUnavailable",
    "NotAuthorized",
    "NotFound",
    "RateLimited",
    "RetryPolicy",
    "RoomInfo",
    "RoomStats",
    "ServerStats",
    "SyncMediaServerClient",
    "WebhookError",
    "get_media_server_client",
    "models",
    "verify_webhook",
]
