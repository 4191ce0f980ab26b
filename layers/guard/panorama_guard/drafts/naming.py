"""Says which guarded roles a name that is not wholly known may be."""

import re
from collections.abc import Iterable, Iterator

from panorama_guard.drafts.filling import with_examples
from panorama_guard.drafts.node import Hole, Node, Text, parts_of

_WORD = r"(?<![\w+=@-]){}(?![\w+=@-])"  # a name that is no part of another one


def names_of(node: Node, guarded: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield the name that a value surely is, or those of the guarded ones that it may be; none of a mere hole."""
    value = with_examples(node).value
    if isinstance(value, str):
        yield value, True
    elif isinstance(value, Text):
        form = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in value.parts)
        yield from ((name, False) for name in guarded if re.fullmatch(form, name, re.IGNORECASE | re.DOTALL))


def mentioned(node: Node, guarded: Iterable[str]) -> tuple[str, ...]:
    """Return the guarded names that stand anywhere in a value, in a text of it too."""
    text = "\n".join(_texts(node))
    return tuple(name for name in guarded if re.search(_WORD.format(re.escape(name)), text, re.IGNORECASE))


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node.value, tuple):
        yield from (text for item in node.value for text in _texts(item))
    elif node.pairs:
        yield from (text for _, member in node.pairs for text in _texts(member))
    elif isinstance(node.value, str | Text):
        yield from (part for part in parts_of(node) if isinstance(part, str))


def shown(node: Node) -> str:
    """Return a value in words: what is not known of it in braces."""
    parts = parts_of(with_examples(node))
    return "".join(f"{{{part.reason}}}" if isinstance(part, Hole) else part for part in parts)


def name_in_arn(arn: str) -> str:
    """Return the last part of a role's or policy's ARN, or the name itself."""
    return arn.rsplit("/", maxsplit=1)[-1]
