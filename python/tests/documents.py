"""Code as it stands in the documents."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks(file: str, language: str) -> list[str]:
    """Return the fenced blocks of a document in one language."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
