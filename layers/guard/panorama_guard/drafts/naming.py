"""Says which guarded roles a name that is not wholly known may be."""

import re
from collections.abc import Iterable, Iterator

from panorama_guard.drafts.filling import with_examples
from panorama_guard.drafts.node import Hole, Node, Text, parts_of


def names_of(node: Node, guarded: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield the name that a value surely is, or those of the guarded ones that it may be; none of a mere hole."""
    value = with_examples(node).value
    if isinstance(value, str):
        yield value, True
    elif isinstance(value, Text):
        form = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in value.parts)
        yield from ((name, False) for name in guarded if re.fullmatch(form, name, re.IGNORECASE | re.DOTALL))


def shown(node: Node) -> str:
    """Return a value in words: what is not known of it in braces."""
    parts = parts_of(with_examples(node))
    return "".join(f"{{{part.reason}}}" if isinstance(part, Hole) else part for part in parts)


def name_in_arn(arn: str) -> str:
    """Return the last part of a role's or policy's ARN, or the name itself."""
    return arn.rsplit("/", maxsplit=1)[-1]
