"""The typed dictionaries say what docs/api/openapi.json says, as the server does."""

import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from typing_extensions import get_type_hints, is_typeddict

from bitbasel_media import models

OPENAPI = json.loads(
    (Path(__file__).parents[2] / "docs/api/openapi.json").read_text(encoding="utf-8")
)
ANSWERS = {
    "GET /health 200": models.Health,
    "GET /health/ready 200": models.Readiness,
    "GET /stats 200": models.ServerStats,
    "GET /rooms 200": dict[Literal["rooms"], list[models.RoomInfo]],
    "GET /rooms/{room_id} 200": models.RoomInfo,
    "GET /rooms/{room_id}/quality 200": models.RoomQuality,
    "GET /rooms/{room_id}/chat 200": models.RoomChat,
    "GET /room/{room_id}/stats 200": models.RoomStats,
    "POST /livestream/start 200": models.LivestreamSession,
    "GET /ice-servers 200": dict[Literal["ice_servers"], list[models.IceServer]],
    "POST /tickets 201": models.Ticket,
    "GET /history/rooms 200": models.RoomHistoryPage,
    "GET /history/rooms/{room_id} 200": models.RoomHistoryDetail,
}
JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def alternatives(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Take `["string", "null"]` and `anyOf` apart."""
    schema = resolve(schema)
    if "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from alternatives(one)
    elif isinstance(schema.get("type"), list):
        for name in schema["type"]:
            yield {**schema, "type": name}
    else:
        yield schema


def compare(hint: Any, schema: dict[str, Any], place: str) -> None:
    """Fail where the type and the schema differ."""
    schemas = list(alternatives(schema))
    is_union = get_origin(hint) in (Union, types.UnionType)
    hints = get_args(hint) if is_union else (hint,)
    assert (type(None) in hints) == any(one.get("type") == "null" for one in schemas), place
    [hint] = [one for one in hints if one is not type(None)]
    given = [one for one in schemas if one.get("type") != "null"]
    # Numbers of which only some values are taken, such as sampling rates.
    if len(given) > 1 and all(isinstance(one.get("const"), hint) for one in given):
        return
    [schema] = given
    if is_typeddict(hint):
        assert set(get_type_hints(hint)) == set(schema["properties"]), place
        assert set(hint.__required_keys__) == set(schema.get("required", [])), place
        for name, part in get_type_hints(hint).items():
            compare(part, schema["properties"][name], f"{place}.{name}")
    elif get_origin(hint) is list:
        compare(get_args(hint)[0], schema["items"], f"{place}[]")
    elif get_origin(hint) is dict:
        key, value = get_args(hint)
        if get_origin(key) is Literal:
            compare(value, schema["properties"][get_args(key)[0]], place)
        elif value is not Any:
            compare(value, schema["additionalProperties"], f"{place}{{}}")
    elif get_origin(hint) is Literal:
        names = schema.get("enum", [schema.get("const")])
        assert sorted(get_args(hint)) == sorted(names), place
    else:
        assert JSON_TYPES[hint] == schema["type"], place


def test_settings_of_a_room_are_as_documented() -> None:
    compare(models.RoomSettings, OPENAPI["components"]["schemas"]["RoomSettings"], "RoomSettings")


@pytest.mark.parametrize("answer", ANSWERS)
def test_types_are_as_documented(answer: str) -> None:
    method, path, status = answer.split(" ")
    described = OPENAPI["paths"][path][method.lower()]["responses"][status]
    compare(ANSWERS[answer], described["content"]["application/json"]["schema"], answer)
