"""The media server, as the backend's other services and routes import it."""

from bitbasel_media import (
    MediaServerClient,
    MediaServerError,
    MediaServerUnavailable,
    get_media_server_client,
)

__all__ = [
    "MediaServerClient",
    "MediaServerError",
    "MediaServerUnavailable",
    "get_media_server_client",
]
