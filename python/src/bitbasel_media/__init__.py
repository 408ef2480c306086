"""Async client of the BitBasel media server."""

from .client import MediaServerClient, get_media_server_client
from .errors import MediaServerError, MediaServerUnavailable
from .models import Health, RoomStats, ServerStats
from .webhooks import WebhookError, verify_webhook

__all__ = [
    "Health",
    "MediaServerClient",
    "MediaServerError",
    "MediaServerUnavailable",
    "RoomStats",
    "ServerStats",
    "WebhookError",
    "get_media_server_client",
    "verify_webhook",
]
