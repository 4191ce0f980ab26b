"""EventBridge's input transformers, as far as a template here uses them: a JSON object with values in it.

In a text a value stands as it is, so that a quotation mark in it ends the text; as a value of its own it is JSON.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_PLACE: Final = re.compile(r"<([\w.-]+)>")
_TEXT_OR_PLACE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<([\w.-]+)>')
_PATH: Final = re.compile(r"\$(\.[\w-]+)+")
_RULE_NAME: Final = "aws.events.rule-name"


def fault_of(transformer: Mapping[str, Any]) -> str:
    """Return what of a transformer EventBridge would refuse, or is not handled here; an empty text for nothing."""
    paths, template = transformer.get("InputPathsMap", {}), str(transformer["InputTemplate"])
    wrong = [path for path in paths.values() if not _PATH.fullmatch(path)]
    unknown = sorted(set(_PLACE.findall(template)) - set(paths) - {_RULE_NAME})
    if wrong or unknown:
        return f"`{(wrong + unknown)[0]}`"
    try:
        is_object = isinstance(json.loads(_filled(template, lambda _: None)), dict)
    except json.JSONDecodeError:
        is_object = False
    return "" if is_object else f"no JSON object with whole values: `{template}`"


def texts_of(transformer: Mapping[str, Any]) -> frozenset[str]:
    """Return where the values come from that stand in the middle of a text, as they are."""
    paths = {**transformer.get("InputPathsMap", {}), _RULE_NAME: _RULE_NAME}
    texts = [each[0] for each in _TEXT_OR_PLACE.finditer(str(transformer["InputTemplate"])) if each[1] is None]
    return frozenset(paths[name] for text in texts for name in _PLACE.findall(text))


def transform(transformer: Mapping[str, Any], event: Mapping[str, Any], rule: str) -> str:
    """Return the template with the event's values, and the name of the rule, in it."""
    paths = transformer.get("InputPathsMap", {})
    return _filled(
        str(transformer["InputTemplate"]), lambda name: rule if name == _RULE_NAME else _at(event, paths[name])
    )


def _filled(template: str, value_of: Callable[[str], Any]) -> str:
    def fill(found: re.Match[str]) -> str:
        if found[1] is not None:
            return json.dumps(value_of(found[1]))
        return _PLACE.sub(lambda place: _as_text(value_of(place[1])), found[0])

    return _TEXT_OR_PLACE.sub(fill, template)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _at(event: Any, path: str) -> Any:
    for name in path.split(".")[1:]:
        event = event.get(name, "") if isinstance(event, Mapping) else ""
    return event
