"""For FastAPI backends: the livestream calls, webhooks, and answers to errors. Extra `fastapi`."""

from .bodies import LivestreamAnswer, LivestreamEnd, LivestreamJoin, LivestreamStart
from .problems import MediaServerRoute, answer_media_server_error
from .router import StartBody, livestream_router
from .webhook import webhook_event

__all__ = [
    "LivestreamAnswer",
    "LivestreamEnd",
    "LivestreamJoin",
    "LivestreamStart",
    "MediaServerRoute",
    "StartBody",
    "answer_media_server_error",
    "livestream_router",
    "webhook_event",
]
