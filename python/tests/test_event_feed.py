"""Server-sent events in whatever pieces they come, and whatever comes in their place."""

import json
import random

import pytest

from bitbasel_media import MediaServerError, RetryPolicy
from bitbasel_media.event_feed import EventFeed
from bitbasel_media.models import MediaEvent
from bitbasel_media.options import Options

OPTIONS = Options(timeout_s=1, connect_timeout_s=1, token="t", retry=RetryPolicy())


def event(number: int) -> dict[str, object]:
    # A line separator of Unicode's is no end of a line here.
    data = {"owner": f"ä\u2028{number}\x85", "post_id": None}
    return {"id": f"evt_{number:014x}", "type": "room.started", "room_id": "r", "data": data}


def stream(events: list[dict[str, object]], newline: str = "\n") -> bytes:
    lines = [": hello", ""]
    for one in events:
        text = json.dumps(one, ensure_ascii=False)
        lines += [f"id: {one['id']}", f"event: {one['type']}", f"data: {text}", ""]
    return newline.join([*lines, ": still here", "", ""]).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_events_come_whole_however_they_are_cut(newline: str) -> None:
    events = [event(number) for number in range(20)]
    text = stream(events, newline)
    chance = random.Random(7)
    for _ in range(200):
        feed = EventFeed(None, None, RetryPolicy())
        cuts = sorted(chance.randrange(len(text)) for _ in range(chance.randrange(40)))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        got = [one for piece in pieces for one in feed.feed(piece)]
        assert got == events
        assert feed.last_event_id == events[-1]["id"]


def test_random_bytes_raise_nothing_but_the_clients_own_error() -> None:
    chance = random.Random(11)
    alphabet = [b"data:", b"\n", b"\n\n", b"\r", b"{", b'{"id":"x"}', b"[[", b"\xff", b" ", b"1"]
    errors = 0
    for _ in range(3000):
        feed = EventFeed(None, None, RetryPolicy())
        try:
            feed.feed(b"".join(chance.choices(alphabet, k=12)) + chance.randbytes(3))
        except MediaServerError as error:
            errors += error.code == "bad_answer"
    assert errors > 100


def test_deep_json_and_endless_lines_are_refused() -> None:
    for text in (b"data: " + b"[" * 500_000 + b"\n\n", b"x" * 1_100_000):
        with pytest.raises(MediaServerError, match="is it a media server"):
            EventFeed(None, None, RetryPolicy()).feed(text)


def test_it_goes_on_where_it_was_and_half_an_event_is_forgotten() -> None:
    feed = EventFeed("r", None, RetryPolicy(first_wait_s=1, longest_wait_s=4))
    assert "Last-Event-ID" not in feed.request(OPTIONS)["headers"]
    text = stream([event(1)])
    got: list[MediaEvent] = feed.feed(text + text[:-40])
    assert len(got) == 1
    request = feed.request(OPTIONS)
    assert request["headers"]["Last-Event-ID"] == "evt_00000000000001"
    assert request["params"] == {"room": "r"}
    assert [one["id"] for one in feed.feed(stream([event(2)]))] == ["evt_00000000000002"]


def test_pauses_between_connections_grow_until_an_event_comes() -> None:
    feed = EventFeed(None, None, RetryPolicy(first_wait_s=1, longest_wait_s=4))
    waits = [feed.lost() for _ in range(2000)]
    assert 0.5 <= waits[0] <= 1
    assert all(2 <= wait_s <= 4 for wait_s in waits[2:])
    feed.feed(stream([event(3)]))
    assert feed.lost() <= 1
    assert feed.lost(60) == 60
