"""Makes SageMaker's work of every kind, as somebody in the account does."""

from dataclasses import dataclass
from typing import Any

from panorama_guard.case import model_work

ROLE = "service-role/AWSPanoramaSageMakerRole"
_INSTANCE: dict[str, Any] = {"InstanceType": "ml.m4.xlarge", "InstanceCount": 1}
_STOPS: dict[str, Any] = {"StoppingCondition": {"MaxRuntimeInSeconds": 60}}


@dataclass(frozen=True)
class Work:
    """A piece of work of a kind: as whom it runs, where it reads from, and where it writes to, if its kind does."""

    kind: str
    name: str
    role: str
    source: str = "s3://site-aws-panorama-models/in"
    target: str = "s3://site-aws-panorama-models/out"


def make_work(client: Any, work: Work) -> None:
    """Make a piece of work."""
    kind, name, role, source, target = work.kind, work.name, work.role, work.source, work.target
    place = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": source}}}
    training: dict[str, Any] = {
        "AlgorithmSpecification": {"TrainingImage": "example", "TrainingInputMode": "File"},
        "RoleArn": role,
        "InputDataConfig": [{"ChannelName": "train", **place}],
        "OutputDataConfig": {"S3OutputPath": target},
        "ResourceConfig": {**_INSTANCE, "VolumeSizeInGB": 1},
        **_STOPS,
    }
    match kind:
        case model_work.TRAINING:
            client.create_training_job(TrainingJobName=name, **training)
        case model_work.TUNING:
            limits = {"Strategy": "Random", "ResourceLimits": {"MaxParallelTrainingJobs": 1}}
            client.create_hyper_parameter_tuning_job(
                HyperParameterTuningJobName=name, HyperParameterTuningJobConfig=limits, TrainingJobDefinition=training
            )
        case model_work.COMPILATION:
            client.create_compilation_job(
                CompilationJobName=name,
                RoleArn=role,
                InputConfig={"S3Uri": source, "DataInputConfig": "{}", "Framework": "MXNET"},
                OutputConfig={"S3OutputLocation": target, "TargetDevice": "jetson_xavier"},
                **_STOPS,
            )
        case _:
            _make_other(client, work)


def _make_other(client: Any, work: Work) -> None:
    kind, name, role, source, target = work.kind, work.name, work.role, work.source, work.target
    local = {"LocalPath": "/x", "S3DataType": "S3Prefix", "S3InputMode": "File"}
    match kind:
        case model_work.PROCESSING:
            client.create_processing_job(
                ProcessingJobName=name,
                RoleArn=role,
                AppSpecification={"ImageUri": "example"},
                ProcessingResources={"ClusterConfig": {**_INSTANCE, "VolumeSizeInGB": 1}},
                ProcessingInputs=[{"InputName": "in", "S3Input": {"S3Uri": source, **local}}],
                ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": _written(target)}]},
            )
        case model_work.TRANSFORM:
            client.create_model(ModelName=f"{name}-model", ExecutionRoleArn=role)
            client.create_transform_job(
                TransformJobName=name,
                ModelName=f"{name}-model",
                TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": source}}},
                TransformOutput={"S3OutputPath": target},
                TransformResources=_INSTANCE,
            )
        case model_work.MODEL:
            container = {"Image": "example", "ModelDataUrl": source}
            client.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container)
        case _:
            client.create_notebook_instance(NotebookInstanceName=name, RoleArn=role, InstanceType="ml.t2.medium")


def _written(target: str) -> dict[str, str]:
    return {"S3Uri": target, "LocalPath": "/y", "S3UploadMode": "EndOfJob"}
