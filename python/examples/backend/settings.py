"""What the example is told by its environment."""

import os

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///example.sqlite")

SESSION_SECRET = os.environ.get("SESSION_SECRET", "a secret for trying it, and no more")
"""Signs the tokens by which the page tells who is signed in."""

WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET")
"""The endpoint's secret in the media server's settings; without it no webhook is taken."""
