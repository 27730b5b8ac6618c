"""Form bodies as the SDK sends them (`line_items[0][price_data][currency]=eur`), made into a tree
and checked against what a call takes. What Stripe would refuse is refused here with its words.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from local.stripe_emulator.errors import Refused, missing, unknown

Tree: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[str, str], Any]
# A field is a check for one value, a dict for nested fields, a one-element list for arrays.
Spec: TypeAlias = "Check | dict[str, Spec] | list[Spec]"

_PART = re.compile(r"\[([^\]]*)\]")
_METADATA_KEYS, _METADATA_KEY_LENGTH, _METADATA_VALUE_LENGTH = 50, 40, 500
_LONGEST_STRING = 5000


def parse_form(pairs: Iterable[tuple[str, str]]) -> Tree:
    """Brackets become nesting; arrays stay dicts keyed by their index until the spec is known."""
    root: Tree = {}
    for name, value in pairs:
        head, *_ = name.split("[", 1)
        path = [head, *_PART.findall(name[len(head) :])]
        node = root
        for part in path[:-1]:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                raise Refused(f"Invalid object: {name}", param=head)
            node = child
        last = path[-1] or str(len(node))
        node[last] = value
    return root


def checked(tree: Mapping[str, Any], spec: Mapping[str, Spec], *, prefix: str = "") -> Tree:
    """The tree with typed values. Raises Refused for what is unknown or malformed."""
    result: Tree = {}
    for key, value in tree.items():
        name = f"{prefix}[{key}]" if prefix else key
        if key not in spec:
            raise unknown(name)
        result[key] = _checked_value(name, value, spec[key])
    return result


def _checked_value(name: str, value: object, spec: Spec) -> object:
    if isinstance(spec, list):
        if not isinstance(value, dict):
            raise Refused("Invalid array", code="parameter_invalid", param=name)
        ordered = sorted(value.items(), key=lambda item: int(item[0]) if item[0].isdigit() else 0)
        return [_checked_value(f"{name}[{index}]", item, spec[0]) for index, item in ordered]
    if isinstance(spec, dict):
        if not isinstance(value, dict):
            raise Refused("Invalid object", code="parameter_invalid", param=name)
        return checked(value, spec, prefix=name)
    if spec is metadata:
        return _metadata(name, value)
    if not isinstance(value, str):
        raise Refused(f"Invalid string: {value}", code="parameter_invalid_string", param=name)
    return spec(name, value)


def require(tree: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 -- as the spec typed it
    """The value at a dotted path of the checked tree, or Stripe's refusal that it is missing."""
    node: Any = tree
    walked = ""
    for part in path.split("."):
        walked = f"{walked}[{part}]" if walked else part
        if not isinstance(node, dict) or part not in node:
            raise missing(walked)
        node = node[part]
    return node


def text(name: str, value: str) -> str:
    """Any non-empty string that Stripe would store."""
    if value == "":
        raise Refused(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to "
            "unset a parameter; however it cannot be unset. Remove it or supply a value.",
            code="parameter_invalid_empty",
            param=name,
        )
    if len(value) > _LONGEST_STRING:
        raise too_long(name, value, _LONGEST_STRING)
    return value


def at_most(length: int) -> Check:
    """A string of a limited length."""

    def check(name: str, value: str) -> str:
        if len(value) > length:
            raise too_long(name, value, length)
        return text(name, value)

    return check


def too_long(name: str, value: str, length: int) -> Refused:
    """The refusal of a string over its limit."""
    return Refused(
        f"Invalid string: {value[:12]}...{value[-12:]}; must be at most {length} characters",
        code="parameter_invalid_string",
        param=name,
    )


def whole(name: str, value: str) -> int:
    """A whole number, zero or more."""
    if not re.fullmatch(r"\d{1,18}", value):
        raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def flag(name: str, value: str) -> bool:
    """`true` or `false`."""
    if value not in {"true", "false"}:
        raise Refused(f"Invalid boolean: {value}", code="parameter_invalid_boolean", param=name)
    return value == "true"


def one_of(*choices: str) -> Check:
    """One of Stripe's enumerated words."""

    def check(name: str, value: str) -> str:
        if value not in choices:
            raise Refused(f"Invalid {name}: must be one of {', '.join(choices)}", param=name)
        return value

    return check


def url(name: str, value: str) -> str:
    """An absolute web address."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Refused("Not a valid URL", code="url_invalid", param=name)
    return text(name, value)


def email(name: str, value: str) -> str:
    """Something that looks like an address."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise Refused(f"Invalid email address: {value}", code="email_invalid", param=name)
    return value


def metadata(name: str, value: str) -> str:
    """Marks a field as metadata; the limits are checked on the whole map."""
    raise Refused(f"Invalid object: {value}", param=name)


def _metadata(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Refused("Invalid object", param=name)
    if len(value) > _METADATA_KEYS:
        raise Refused(f"You can have up to {_METADATA_KEYS} metadata keys.", param=name)
    for key, item in value.items():
        if len(key) > _METADATA_KEY_LENGTH:
            raise Refused(
                f"Metadata keys can have up to {_METADATA_KEY_LENGTH} characters, but you passed "
                f"in a key that is {len(key)} characters. Invalid key: {key}",
                param=name,
            )
        if len(item) > _METADATA_VALUE_LENGTH:
            raise Refused(
                f"Metadata values can have up to {_METADATA_VALUE_LENGTH} characters, but you "
                f"passed in a value that is {len(item)} characters. Invalid value: {item}",
                param=f"{name}[{key}]",
            )
    # An empty value unsets a key, so on a new object it is as good as absent.
    return {key: item for key, item in value.items() if item != ""}
