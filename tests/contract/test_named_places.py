"""Places in S3 are found wherever a description of AWS has one, and known to be read or written to."""

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from panorama_guard.aws.named_places import named_places

_KINDS = ("TrainingJob", "ProcessingJob", "TransformJob", "CompilationJob", "HyperParameterTuningJob", "Model")


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"ProcessingInputs": [{"Athena": {"OutputS3Uri": "s3://evil/a"}}]}, ([], ["s3://evil/a"])),
        ({"DataCaptureConfig": {"DestinationS3Uri": "s3://evil/captured"}}, ([], ["s3://evil/captured"])),
        ({"ModelDataSource": {"S3DataSource": {"ManifestS3Uri": "s3://evil/m"}}}, (["s3://evil/m"], [])),
        ({"MlflowConfig": {"ArtifactStoreUri": "s3://evil/out"}}, ([], ["s3://evil/out"])),
        ({"ModelArtifacts": {"S3ModelArtifacts": "s3://out/x/model.tar.gz"}}, ([], [])),
        ({"TensorBoardOutputConfig": {"S3OutputPath": "s3://evil/t"}}, ([], ["s3://evil/t"])),
        ({"Environment": {"X": "s3://a/b"}, "HyperParameters": {"y": "s3://a/b"}}, ([], [])),
    ],
)
def test_a_place_is_found_by_what_it_is_and_not_by_what_its_member_is_called(
    described: dict[str, Any], expected: tuple[list[str], list[str]]
) -> None:
    """But for what a container is given, which it may use or not, and for what lies under an output."""
    assert named_places(described) == expected


@pytest.mark.parametrize("kind", _KINDS)
def test_every_place_of_botocore_s_models_is_found(kind: str) -> None:
    """Whatever member a later botocore adds."""
    model = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
    shape = model.operation_model(f"Describe{kind}").output_shape
    assert shape is not None
    described = _example(shape, ())
    inputs, outputs = named_places(described)
    found = {*inputs, *outputs}
    assert found == set(_uris(described))


def _example(shape: Shape, seen: tuple[str, ...]) -> Any:
    """Return a value of a shape in which every text that may be a place in S3 is one."""
    if shape.name in seen:
        return None
    seen = (*seen, shape.name)
    if shape.type_name == "structure":
        members = getattr(shape, "members", {})
        return {name: _place(name, member, seen) for name, member in members.items()}
    if shape.type_name == "list":
        return [_example(shape.member, seen)]  # type: ignore[attr-defined] # of a list
    return None


def _place(name: str, member: Shape, seen: tuple[str, ...]) -> Any:
    is_uri = member.type_name == "string" and "S3" in name and name.endswith(("Uri", "Path", "Location"))
    return f"s3://{'-'.join(seen)}/{name}" if is_uri else _example(member, seen)


def _uris(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [uri for inner in value.values() for uri in _uris(inner)]
    if isinstance(value, list):
        return [uri for inner in value for uri in _uris(inner)]
    return [value] if isinstance(value, str) else []
