"""Turns the built SAM template into plain CloudFormation, with its parameters decided."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.deploy_errors import DeployError
from local.template_yaml import read_template

_BUCKET: Final = "s3://local-build/"
_CODE_PROPERTIES: Final = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
_SECTIONS: Final = frozenset(
    {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Conditions", "Mappings"}
    | {"Resources", "Outputs", "Transform", "Globals"}
)
_PARAMETER_TYPES: Final = frozenset({"String", "Number", "CommaDelimitedList"})


@dataclass(frozen=True, slots=True)
class Template:
    """A CloudFormation template, the values of its parameters, and the folder that its code paths start from."""

    body: Mapping[str, Any]
    parameters: Mapping[str, str]
    folder: Path

    def code_folder(self, key: str) -> Path:
        """Return the folder that stands behind a code location's S3 key."""
        return (self.folder / key).resolve()


def load_template(path: Path, given: Mapping[str, str], *, region: str) -> Template:
    """Return the translated template, or raise `DeployError` with one line saying what is wrong with it."""
    if not path.is_file():
        message = f"no built template, run `sam build` first: `{path}`"
        raise DeployError(message)
    source = read_template(path.read_text(encoding="utf-8"))
    if unknown := source.keys() - _SECTIONS:
        message = f"template.yaml: section is not handled: `{min(unknown)}`"
        raise DeployError(message)
    parameters = decide_parameters(source.get("Parameters", {}), given)
    return Template(_translate(source, parameters, region), parameters, path.parent)


def decide_parameters(declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, str]:
    """Return each parameter's value, given or default, or raise `DeployError` as CloudFormation would."""
    if unknown := given.keys() - declared.keys():
        message = f"template.yaml has no parameter: `{min(unknown)}`"
        raise DeployError(message)
    return {name: _decide(name, declaration, given) for name, declaration in declared.items()}


def _decide(name: str, declaration: Mapping[str, Any], given: Mapping[str, str]) -> str:
    kind = str(declaration.get("Type"))
    if kind not in _PARAMETER_TYPES:
        message = f"template.yaml: parameter {name} has a type that is not handled: `{kind}`"
        raise DeployError(message)
    if name not in given and "Default" not in declaration:
        message = f"template.yaml: parameter needs a value: `{name}`"
        raise DeployError(message)
    value = str(given.get(name, declaration.get("Default")))
    if reason := _find_fault(declaration, kind, value):
        told = declaration.get("ConstraintDescription", reason)
        message = f"parameter {name} {told}: `{value}`"
        raise DeployError(message)
    return value


def _find_fault(declaration: Mapping[str, Any], kind: str, value: str) -> str | None:
    allowed = [str(each) for each in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"must be one of {', '.join(allowed)}"
    pattern = declaration.get("AllowedPattern")
    if pattern and re.fullmatch(pattern, value) is None:
        return f"must match {pattern}"
    if not _is_within(len(value), declaration.get("MinLength"), declaration.get("MaxLength")):
        return "is too short or too long"
    if kind != "Number":
        return None
    if re.fullmatch(r"-?\d+(\.\d+)?", value) is None:
        return "must be a number"
    return (
        None
        if _is_within(float(value), declaration.get("MinValue"), declaration.get("MaxValue"))
        else "is out of range"
    )


def _is_within(value: float, least: float | str | None, most: float | str | None) -> bool:
    return (least is None or value >= float(least)) and (most is None or value <= float(most))


def _translate(source: Mapping[str, Any], parameters: Mapping[str, str], region: str) -> Mapping[str, Any]:
    document = copy.deepcopy(dict(source))
    _point_code_at_a_bucket(document.get("Resources", {}))
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        translated: Mapping[str, Any] = translator.translate(document, dict(parameters))
    except InvalidDocumentException as error:
        message = "template.yaml: " + "; ".join(cause.message for cause in error.causes)
        raise DeployError(message) from None
    return translated


def _point_code_at_a_bucket(resources: Mapping[str, dict[str, Any]]) -> None:
    """Write local code paths as S3 locations, since the translation accepts no others; the key stays the path."""
    for logical_id, resource in resources.items():
        name = _CODE_PROPERTIES.get(str(resource.get("Type")))
        if name is None:
            continue
        path = resource.get("Properties", {}).get(name)
        if not isinstance(path, str) or "://" in path:
            message = f"template.yaml: {logical_id} ({resource['Type']}): {name} must be a local folder: `{path}`"
            raise DeployError(message)
        resource["Properties"][name] = _BUCKET + path
