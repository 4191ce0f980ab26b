"""The template as CloudFormation gets it: translated by SAM, with its own resources only.

Run as a program it prints the translated template as JSON, both parts of it, for cfn-lint.
"""

import json
import os
import pickle
import sys
from functools import cache
from pathlib import Path
from typing import Any, cast

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.template_yaml import read_template

Template = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "template.yaml"
CODE_KEYS = ("CodeUri", "ContentUri")
REGION = "us-east-1"


def read_source(path: Path = SOURCE) -> Template:
    """Return the SAM template as written."""
    return read_template(path.read_text(encoding="utf-8"))


def translate(path: Path = SOURCE, *, part: str = "home") -> Template:
    """Return what `sam deploy` makes of the template in the home region, or with the part `forward` in another one."""
    return of_part(translate_whole(path), part)


def translate_whole(path: Path = SOURCE) -> Template:
    """Return the template as CloudFormation gets it after `sam deploy` has uploaded the code; a copy of one's own."""
    return cast("Template", pickle.loads(_translated(path)))  # noqa: S301 - made here


@cache
def _translated(path: Path) -> bytes:
    """Translate once: it takes a while, and a hundred tests ask."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the translator asks boto3 for the partition
    source = read_source(path)
    for resource in source["Resources"].values():
        _upload(resource.get("Properties", {}))
    return pickle.dumps(Translator({}, Parser()).translate(sam_template=source, parameter_values={}))


def _upload(properties: Template) -> None:
    """Put the address of an uploaded archive where the source names a folder."""
    for key in CODE_KEYS:
        if isinstance(properties.get(key), str):
            properties[key] = f"s3://artifacts/{properties[key]}.zip"


def of_part(template: Template, part: str) -> Template:
    """Return the template as if CloudFormation had decided which part of the guard this is, and nothing else."""
    parts = {"IsHome": part == "home", "IsForwarder": part == "forward"}
    never = {name for name in template["Conditions"] if _is_never(name, template["Conditions"], parts)}
    kept: Template = {
        section: {
            name: {key: each for key, each in one.items() if key != "Condition" or each not in parts}
            for name, one in template[section].items()
            if one.get("Condition") not in never
        }
        for section in ("Resources", "Outputs")
    }
    return {**template, **{section: _decided(kept[section], parts) for section in kept}}


def _is_never(name: str, conditions: Template, parts: dict[str, bool]) -> bool:
    """Say whether a condition is false because of the part alone."""
    if name in parts:
        return not parts[name]
    ((how, members),) = conditions[name].items()
    named = [str(each.get("Condition", "")) for each in members if isinstance(each, dict)]
    never = [one in conditions and _is_never(one, conditions, parts) for one in named]
    return (how == "Fn::And" and any(never)) or (how == "Fn::Or" and all(never))


def _decided(value: Any, parts: dict[str, bool]) -> Any:
    match value:
        case {"Fn::If": [str(name), chosen, other]} if name in parts:
            return _decided(chosen if parts[name] else other, parts)
        case dict():
            decided = {key: _decided(each, parts) for key, each in value.items()}
            return {key: each for key, each in decided.items() if each != {"Ref": "AWS::NoValue"}}
        case list():
            return [_decided(each, parts) for each in value]
    return value


if __name__ == "__main__":
    json.dump(translate_whole(), sys.stdout, indent=2)
