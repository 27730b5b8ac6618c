"""A body has one meaning or is refused."""

from __future__ import annotations

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.handlers.documents import DEEPEST, _object, read_json
from chalicelib.handlers.refusals import MalformedError

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(json_values)
def test_what_is_sound_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "isn't valid JSON"),
        (b"{", "isn't valid JSON"),
        (b"{'a': 1}", "isn't valid JSON"),
        (b'{"a": 1} x', "isn't valid JSON"),
        (b'{"a": 1, "a": 2}', 'two fields "a"'),
        (b'{"a": {"b": 1, "b": 1}}', 'two fields "b"'),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": Infinity}', "Infinity"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'\xff\xfe{"a": 1}', "UTF-8"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "nested"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too long"),
    ],
)
def test_what_parsers_disagree_about_is_refused(body: bytes, said: str):
    with pytest.raises(MalformedError) as refused:
        read_json(body)

    assert said in refused.value.detail


class Name(str):
    """A name that counts how often names are compared."""

    __slots__ = ()
    compared = count()

    def __eq__(self, other: object) -> bool:
        next(Name.compared)
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_the_name_that_is_there_twice_is_found_without_comparing_each_with_each():
    """A body may hold a hundred thousand names; their square would take minutes."""
    names = [str(number) for number in range(2_000)]
    before = next(Name.compared)
    with pytest.raises(MalformedError, match='two fields "1999"'):
        _object([(Name(name), 1) for name in [*names, names[-1]]])
    assert next(Name.compared) - before < len(names)


def test_a_pair_of_surrogates_is_one_character():
    assert read_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"
