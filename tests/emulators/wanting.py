"""What the template says each resource is to be, once it is known how the deployed ones are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.deploy_intrinsics import Resolver
from tests.emulators.asking import Client, Properties

EVERYTHING: Final[Mapping[str, str]] = {
    "AlertEmail": "operator@example.com",
    "BusEvents": "yes",
    "ChatTopic": "yes",
    "ExternalId": "a-text-of-sixteen-or-more",
    "OperatorAccount": "444455556666",
    "OrganizationId": "o-exampleorg1",
    "ReservedConcurrency": "2",
    "SecurityHub": "yes",
}
"""The parameters that ask for each resource of the home."""

_ARNS: Final[Mapping[str, str]] = {
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::Events::EventBus": "events:{region}:{account}:event-bus/{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
}


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed template: its translated form, its parameters, and the physical id of each logical one."""

    body: Mapping[str, Any]
    parameters: Mapping[str, Any]
    physical_ids: Mapping[str, str]
    client: Client
    account: str
    region: str

    def kind(self, logical_id: str) -> str:
        """Return the resource's type."""
        return str(self.body["Resources"][logical_id]["Type"])

    def reference(self, logical_id: str) -> str | None:
        """Return the resource's Ref."""
        return self.physical_ids.get(logical_id)

    def attribute(self, logical_id: str, name: str) -> str:
        """Return the attribute of the resource, as AWS makes it of the physical id."""
        physical_id = self.physical_ids[logical_id]
        if name == "StreamArn":
            return str(self.client("dynamodb").describe_table(TableName=physical_id)["Table"]["LatestStreamArn"])
        own = self._name(logical_id, physical_id)
        if name == "QueueName":
            return own
        return "arn:aws:" + _ARNS[self.kind(logical_id)].format(region=self.region, account=self.account, name=own)

    def _name(self, logical_id: str, physical_id: str) -> str:
        """Return the name in the ARN: a queue's id is its address, a rule may stand on a bus, a role under a path."""
        match self.kind(logical_id), self.body["Resources"][logical_id]["Properties"]:
            case "AWS::SQS::Queue", _:
                return physical_id.rsplit("/", 1)[-1]
            case "AWS::Events::Rule", {"EventBusName": {"Ref": bus}}:
                return f"{self.physical_ids[bus]}/{physical_id.rsplit('|', 1)[-1]}"
            case "AWS::IAM::Role", {"Path": str(path)}:
                return f"{path.removeprefix('/')}{physical_id}"
        return physical_id

    def wanted(self) -> dict[str, Properties]:
        """Return the properties of each resource that the parameters ask for."""
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackName": "panorama-guard",
            "AWS::StackId": "arn:aws:cloudformation:stack",
            "AWS::URLSuffix": "amazonaws.com",
        }
        resolver = Resolver(self.body, {**self.parameters, **pseudo}, self)
        return {
            logical_id: dict(resolver.resolve(self.body["Resources"][logical_id].get("Properties", {})))
            for logical_id in asked_for(self.body, resolver.holds)
        }


def asked_for(body: Mapping[str, Any], holds: Callable[[str], bool]) -> list[str]:
    """Return the logical ids of the resources whose condition holds."""
    resources: Mapping[str, Mapping[str, Any]] = body["Resources"]
    return [name for name, each in resources.items() if "Condition" not in each or holds(str(each["Condition"]))]
