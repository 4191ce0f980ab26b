"""Reads a SAM template as SAM's own reader does, ten times as fast: with libyaml, where PyYAML has it."""

from __future__ import annotations

from typing import Any, Final, cast

import yaml
from samcli.yamlhelper import intrinsics_multi_constructor

_FASTEST: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FASTEST):  # type: ignore[misc, valid-type]
    """A safe loader that knows the intrinsic functions, and leaves dates as they are written."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.constructor.SafeConstructor.construct_yaml_str)


def read_template(text: str) -> dict[str, Any]:
    """Return the template as written, each intrinsic function in its long form; what is no YAML raises `YAMLError`."""
    return cast("dict[str, Any]", yaml.load(text, _Loader))  # noqa: S506 - a safe loader
