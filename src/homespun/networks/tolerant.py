"""JSON read into the shape that it should have, and what is not of that shape left out, so that one odd field loses no record."""

import json
import re
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
import orjson

T = TypeVar("T", bound=msgspec.Struct)
LONE = re.compile(r"[\ud800-\udfff]")  # half of a character, which cannot be written again
BROKEN = (msgspec.DecodeError, ValueError, RecursionError)

compact = msgspec.json.format


def read(shape: type[T], record: bytes) -> T:
    """The record in that shape. Fields of another kind than they should be have their defaults; a record that is no object has all."""
    try:
        found: T = decoder(shape).decode(record)
        return found
    except BROKEN:
        return fitted(shape, loosely(record))


@cache
def decoder(shape: type[msgspec.Struct]) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(shape)


def fitted(shape: type[T], raw: Any) -> T:
    """What of this fits the shape."""
    if not isinstance(raw, dict):
        return shape()
    fits = {}
    for each in msgspec.structs.fields(shape):
        if each.encode_name in raw:
            value = _fitting(each.type, raw[each.encode_name])
            if value is not msgspec.UNSET:
                fits[each.name] = value
    return shape(**fits)


def _fitting(kind: Any, value: Any) -> Any:
    """The value as it may stand there, or `UNSET`."""
    if kind is msgspec.Raw:
        return written(value)
    kinds = [kind] if get_origin(kind) is list else [kind, *get_args(kind)]
    structs = [each for each in kinds if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    if structs and isinstance(value, dict):
        return fitted(structs[0], value)
    lists = [each for each in kinds if get_origin(each) is list]
    if lists and isinstance(value, list):
        found = [_fitting(get_args(lists[0])[0], each) for each in value]
        return [each for each in found if each is not msgspec.UNSET and each is not None]
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return msgspec.UNSET


def written(value: Any) -> Any:
    """As JSON again, or `UNSET` where it is deeper than can be written."""
    try:
        return msgspec.Raw(orjson.dumps(value))
    except TypeError:
        return msgspec.UNSET


def loosely(record: bytes) -> Any:
    """Any JSON, as strictly as it can be read; None for what is none. Bytes that are no UTF-8 become U+FFFD, halves of characters too."""
    try:
        return orjson.loads(record)
    except orjson.JSONDecodeError:
        pass
    try:
        raw = json.loads(record.decode("utf-8", errors="replace"), strict=False)
        return orjson.loads(LONE.sub("\ufffd", json.dumps(raw, ensure_ascii=False)).encode())
    except (ValueError, RecursionError):
        return None
