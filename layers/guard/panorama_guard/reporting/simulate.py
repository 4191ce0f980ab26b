"""The commands that show an escape to anyone, in AWS's own simulator: the one place that makes them.

Whoever wrote the policies chose the texts in them, so each is quoted for the shell, and nothing in the line acts on a
terminal: a text that cannot be seen whole stands in `$'...'`, as escapes that bash and zsh read back.
"""

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence

from panorama_guard.containment.context_types import context_type
from panorama_guard.containment.records import Context, Request
from panorama_guard.reporting.plain import is_seen

_SHORTHAND = re.compile(r"[\w:/.*@+-]+", re.ASCII)  # what means only itself in the command line's shorthand


def simulate_role(role_arn: str, request: Request, types: Mapping[str, str]) -> str:
    """Return the command that asks the simulator whether a role, as it is, may do this."""
    words = ["aws", "iam", "simulate-principal-policy", "--policy-source-arn", role_arn]
    return _line([*words, *_arguments(request, types)])


def simulate_documents(
    policies: Sequence[str], boundary: Sequence[str], request: Request, types: Mapping[str, str]
) -> str:
    """Return the command that asks the simulator whether policies, under a boundary if there is one, allow this."""
    words = ["aws", "iam", "simulate-custom-policy", "--policy-input-list", *map(_single_spaced, policies)]
    limit = ["--permissions-boundary-policy-input-list", *map(_single_spaced, boundary)] if boundary else []
    return _line([*words, *limit, *_arguments(request, types)])


def show_role(role_name: str) -> str:
    """Return the command that shows a role and its trust policy; the simulator does not know of trust."""
    return _line(["aws", "iam", "get-role", "--role-name", role_name])


def shell_word(text: str) -> str:
    """Return the text as one word of a shell, in characters that are seen."""
    if all(map(is_seen, text)) and "  " not in text:
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def _single_spaced(text: str) -> str:
    """Return JSON text that means the same and has no two spaces side by side."""
    return text.replace("  ", " \\u0020")


def _line(words: Iterable[str]) -> str:
    return " ".join(map(shell_word, words))


def _escaped(char: str) -> str:
    is_itself = char.isascii() and char.isprintable() and char not in "\\' "
    return char if is_itself else f"\\U{ord(char):08x}"


def _arguments(request: Request, types: Mapping[str, str]) -> list[str]:
    asked = ["--action-names", request.action, "--resource-arns", request.resource]
    return [*asked, *_context_entries(request.context, types)]


def _context_entries(context: Context, types: Mapping[str, str]) -> list[str]:
    """Return the context as arguments: in shorthand, or as JSON where a comma, say, would mean something there."""
    if not context:
        return []
    entries = [(key, types.get(key) or context_type(key, values), values) for key, values in context]
    if all(_SHORTHAND.fullmatch(text) for key, _, values in entries for text in (key, *values)):
        return ["--context-entries", *(_shorthand(*entry) for entry in entries)]
    bodies = [
        {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": list(values)}
        for key, kind, values in entries
    ]
    return ["--context-entries", _single_spaced(json.dumps(bodies))]


def _shorthand(key: str, kind: str, values: Sequence[str]) -> str:
    return f"ContextKeyName={key},ContextKeyType={kind},ContextKeyValues={','.join(values)}"
