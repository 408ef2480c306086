"""Bodies of the livestream calls, in the words of the media server's own."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Sdp = Annotated[str, Field(min_length=1, max_length=65_536)]
Id = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class Offer(BaseModel):
    """A session description, as browsers make it."""

    type: Literal["offer"] = "offer"
    sdp: Sdp


class _MayOffer(BaseModel):
    sdp: Sdp | None = None
    offer: Sdp | Offer | None = None
    sdk: bool = False
    """The caller connects by the browser SDK, WHIP or WHEP: it needs a token, no description."""

    @property
    def description(self) -> str | None:
        """The caller's offer, in whichever form it came."""
        offer = self.offer.sdp if isinstance(self.offer, Offer) else self.offer
        return self.sdp or offer


class LivestreamStart(_MayOffer):
    """Body of `POST /livestream/start`; with no offer in it, the server's comes back."""

    post_id: Id | None = None
    user_id: Id | None = None
    """Not needed: whoever calls is known. Another user than that is refused."""
    takeover: bool = False
    """Takes the place of the user's other session at once."""


class LivestreamJoin(_MayOffer):
    """Body of `POST /livestream/{user_id}/join`."""


class LivestreamEnd(BaseModel):
    """Body of `POST /livestream/end`: this room of the caller's, or the one that is live."""

    room_id: Id | None = None


class LivestreamHostAnswer(BaseModel):
    """Body of `POST /livestream/answer`."""

    session_id: Id
    sdp: Sdp


class LivestreamAnswer(BaseModel):
    """The answer of start and join. Without `sdk` it has the description and its session too."""

    room_id: str
    post_id: str | None
    server_url: str
    """Where browsers reach the media server."""
    token: str | None = None
    """Good for this room and this user; None where the server asks for none."""
    ice_servers: list[dict[str, Any]] | None = None
    session_id: str | None = None
    type: Literal["offer", "answer"] | None = None
    sdp: str | None = None
    resource_url: str | None = None
    """DELETE it to leave; PATCH it with candidates."""


class LivestreamEnded(BaseModel):
    """The answer of `POST /livestream/end`."""

    status: Literal["stopped"] = "stopped"
    room_id: str


class LivestreamAccepted(BaseModel):
    """The answer of `POST /livestream/answer`."""

    status: Literal["accepted"] = "accepted"
    session_id: str
