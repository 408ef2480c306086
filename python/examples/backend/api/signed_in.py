"""
Who is signed in.

For trying the example: whoever gives a name is that user. Put your own sign-in here; the rest of
the backend only needs to know the user.
"""

import time
from typing import Annotated

import jwt
from database import Database
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from models import User
from settings import SESSION_SECRET

_DAY_S = 86_400
_bearer = HTTPBearer(auto_error=False)


def sign_in(user: User) -> str:
    """Make the token that the page sends along from now on."""
    claims = {"sub": str(user.id), "exp": int(time.time()) + _DAY_S}
    return jwt.encode(claims, SESSION_SECRET, algorithm="HS256")


def signed_in_user(
    shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], database: Database
) -> User:
    """Return the user, or answer 401."""
    refusal = HTTPException(401, "Sign in first.", {"WWW-Authenticate": "Bearer"})
    if shown is None:
        raise refusal
    try:
        claims = jwt.decode(shown.credentials, SESSION_SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise refusal from None
    user = database.get(User, int(claims["sub"]))
    if user is None:
        raise refusal
    return user


SignedIn = Annotated[User, Depends(signed_in_user)]
