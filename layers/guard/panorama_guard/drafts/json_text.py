"""Reads JSON with the line of every value; a name that stands twice is an error, never a silent choice."""

import re
from bisect import bisect_right
from json import JSONDecoder

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.node import Members, Node

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DECODER = JSONDecoder()  # reads single texts, escapes and all
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 400  # Python refuses to convert very long ones


def read_json_text(text: str) -> Node:
    """Return the value that a text holds; raise DraftError with the line of what is wrong."""
    reader = _Reader(text.removeprefix("\ufeff"))
    try:
        node = reader.value()
    except RecursionError:
        raise DraftError(0, "JSON that is too deep to be read") from None
    reader.end()
    return node


class _Reader:
    """A place in a text, and what stands there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [match.end() for match in re.finditer("\n", text)]
        self._at = 0

    def value(self) -> Node:
        """Return the value that begins here."""
        char, line = self._peek(), self._line()
        if char == "{":
            return Node(self._members(), line)
        if char == "[":
            return Node(self._items(), line)
        if char == '"':
            return Node(self._string(), line)
        return Node(self._bare(), line)

    def end(self) -> None:
        """Raise DraftError if anything follows."""
        if self._peek():
            self._refuse("something follows the JSON value")

    def _members(self) -> Members:
        pairs: dict[str, Node] = {}
        self._at += 1
        while self._peek() != "}":
            if pairs:
                self._take(",")
            self._peek()
            name = self._string()
            if name in pairs:
                self._refuse(f"the name `{name}` stands twice")
            self._take(":")
            pairs[name] = self.value()
        self._at += 1
        return Members(tuple(pairs.items()))

    def _items(self) -> tuple[Node, ...]:
        items: list[Node] = []
        self._at += 1
        while self._peek() != "]":
            if items:
                self._take(",")
            items.append(self.value())
        self._at += 1
        return tuple(items)

    def _string(self) -> str:
        if self._text[self._at : self._at + 1] != '"':
            self._refuse("not JSON: a text in double quotes is expected")
        try:
            text, self._at = _DECODER.raw_decode(self._text, self._at)
        except ValueError as error:
            raise DraftError(self._line(), f"not JSON: {str(error).split(':')[0]}") from None
        return str(text)

    def _bare(self) -> float | bool | None:
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        found = _NUMBER.match(self._text, self._at)
        if not found or len(found[0]) > _LONGEST_NUMBER:
            self._refuse("not JSON: no value begins here")
            return None
        self._at = found.end()
        return float(found[0]) if found[1] or found[2] else int(found[0])

    def _take(self, char: str) -> None:
        if self._peek() != char:
            self._refuse(f"not JSON: `{char}` is expected")
        self._at += 1

    def _peek(self) -> str:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        return bisect_right(self._lines, self._at) + 1

    def _refuse(self, problem: str) -> None:
        raise DraftError(self._line(), problem)
