"""EventBridge's input transformers, as far as a template here uses them: a JSON object with whole values put in.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_PLACE: Final = re.compile(r"<([\w-]+)>")
_PATH: Final = re.compile(r"\$(\.[\w-]+)+")


def fault_of(transformer: Mapping[str, Any]) -> str:
    """Return what of a transformer EventBridge would refuse, or is not handled here; an empty text for nothing."""
    paths, template = transformer.get("InputPathsMap", {}), str(transformer["InputTemplate"])
    wrong = [path for path in paths.values() if not _PATH.fullmatch(path)]
    unknown = sorted(set(_PLACE.findall(template)) - set(paths))
    if wrong or unknown:
        return f"`{(wrong + unknown)[0]}`"
    try:
        is_object = isinstance(json.loads(_PLACE.sub("null", template)), dict)
    except json.JSONDecodeError:
        is_object = False
    return "" if is_object else f"no JSON object with whole values: `{template}`"


def transform(transformer: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return the template with the event's values in it, each as JSON."""
    paths = transformer.get("InputPathsMap", {})
    return _PLACE.sub(lambda place: json.dumps(_at(event, paths[place[1]])), str(transformer["InputTemplate"]))


def _at(event: Any, path: str) -> Any:
    for name in path.split(".")[1:]:
        event = event.get(name, "") if isinstance(event, Mapping) else ""
    return event
