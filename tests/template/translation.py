"""The template as CloudFormation gets it: translated by SAM, with its own resources only.

Run as a program it prints the translated template as JSON, for cfn-lint.
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
from samtranslator.yaml_helper import yaml_parse

Template = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "template.yaml"
CODE_KEYS = ("CodeUri", "ContentUri")
REGION = "us-east-1"


def read_source(path: Path = SOURCE) -> Template:
    """Return the SAM template as written."""
    return cast("Template", yaml_parse(path.read_text(encoding="utf-8")))


def translate(path: Path = SOURCE) -> Template:
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


if __name__ == "__main__":
    json.dump(translate(), sys.stdout, indent=2)
