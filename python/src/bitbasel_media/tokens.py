"""Tokens that let hosts and viewers in (docs/auth.md). Needs the extra `tokens`: PyJWT."""

import re
import time
import uuid
from collections.abc import Sequence
from typing import Any, Literal

import jwt
from typing_extensions import TypedDict

Grant = Literal["publish", "watch", "manage"]
Algorithm = Literal["HS256", "RS256", "ES256", "EdDSA"]

_ROOM_PATTERN = re.compile(r"[A-Za-z0-9._~:@*-]{1,128}")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CAP_LIMITS = {"max_height": 16_384, "max_bitrate_kbps": 1_000_000, "max_framerate": 1000}


class Caps(TypedDict, total=False):
    """No more than this is sent to the bearer, or forwarded from it."""

    max_height: int
    max_bitrate_kbps: int
    max_framerate: int


class TokenMinter:
    """
    Makes the tokens that the media server takes.

    `key` is the server's shared secret (`auth.secret`), for HS256, or a private key in PEM whose
    public half the server has, for the other algorithms. `issuer` and `audience` must be the
    server's `auth.issuer` and `auth.audience`; `key_id` names the key in a JWKS.
    """

    def __init__(
        self,
        key: str,
        *,
        algorithm: Algorithm = "HS256",
        issuer: str | None = None,
        audience: str | None = None,
        key_id: str | None = None,
    ) -> None:
        """Keep the key; `ValueError` where it cannot be a secret of the server's."""
        if algorithm == "HS256" and len(key) < 32:
            raise ValueError("The secret is too short: the media server asks for 32 characters.")
        self._key = key
        self._algorithm = algorithm
        self._headers = {} if key_id is None else {"kid": key_id}
        names = {"iss": issuer, "aud": audience}
        self._names = {name: value for name, value in names.items() if value is not None}

    def mint(
        self,
        room: str,
        grants: Sequence[Grant],
        *,
        user_id: str | None = None,
        name: str | None = None,
        ttl_s: float = 3600,
        caps: Caps | None = None,
        token_id: str | None = None,
        now: float | None = None,
    ) -> str:
        """
        Make a token for a room, or for those that a pattern fits (`*` stands for any characters).

        `name` is shown in the chat; the server leaves out one that it could not show.
        A kick keeps out the token by its `token_id`; where it has none, the user from that room,
        also with another token, until the one that was kicked has expired.
        """
        issued_at = int(time.time() if now is None else now)
        claims: dict[str, Any] = {
            "room": _room(room),
            "grants": _grants(grants),
            "iat": issued_at,
            "exp": issued_at + int(ttl_s),
            **self._names,
        }
        if user_id is not None:
            claims["sub"] = _user(user_id)
        if name is not None:
            claims["name"] = name
        if token_id is not None:
            claims["jti"] = token_id
        if caps:
            claims["caps"] = _caps(caps)
        return jwt.encode(claims, self._key, algorithm=self._algorithm, headers=self._headers)

    def for_host(
        self, room_id: str, user_id: str, *, ttl_s: float = 3600, caps: Caps | None = None
    ) -> str:
        """Make a token to publish in this room and watch it, good for this user."""
        return self.mint(room_id, ["publish", "watch"], user_id=user_id, ttl_s=ttl_s, caps=caps)

    def for_viewer(
        self,
        room_id: str,
        user_id: str | None = None,
        *,
        ttl_s: float = 3600,
        caps: Caps | None = None,
    ) -> str:
        """Make a token to watch this room. Of one without a user, a kick ends that token alone."""
        token_id = str(uuid.uuid4()) if user_id is None else None
        return self.mint(
            room_id, ["watch"], user_id=user_id, ttl_s=ttl_s, caps=caps, token_id=token_id
        )

    def for_manager(self, room: str = "*", *, ttl_s: float = 300) -> str:
        """Make a token for the backend itself: to create, look at and stop rooms, and to kick."""
        return self.mint(room, ["manage"], ttl_s=ttl_s)


def _room(room: str) -> str:
    if _ROOM_PATTERN.fullmatch(room) is None:
        raise ValueError(f"{room!r} is no room id, and no pattern of such.")
    return room


def _grants(grants: Sequence[Grant]) -> list[Grant]:
    if isinstance(grants, str) or not grants:
        raise ValueError("A token needs a list of grants: publish, watch, manage.")
    unknown = set(grants) - {"publish", "watch", "manage"}
    if unknown:
        raise ValueError(f"There is no grant {', '.join(sorted(unknown))}.")
    return list(grants)


def _user(user_id: str) -> str:
    if not 1 <= len(user_id) <= 256 or _CONTROL_CHARACTER.search(user_id):
        raise ValueError("A user id has 1 to 256 characters, and no control characters.")
    return user_id


def _caps(caps: Caps) -> Caps:
    for name, value in caps.items():
        most = _CAP_LIMITS.get(name)
        if most is None or not isinstance(value, int) or not 1 <= value <= most:
            raise ValueError(f"{name}: {value!r} is no cap of a token.")
    return caps
