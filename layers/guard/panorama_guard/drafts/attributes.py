"""What `Ref` and `Fn::GetAtt` of a resource give, as far as its template says it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
In a form, `{Name}` is the property of that name; `{Path}` is `/` where there is none.
"""

from collections.abc import Mapping
from types import MappingProxyType

_HERE = "${AWS::Region}:${AWS::AccountId}"
REF = "Ref"

# For each type: the property that names it, and the forms. A resource without that property is named by AWS.
_NAMED = {
    "AWS::IAM::Role": ("RoleName", {REF: "{RoleName}", "Arn": "arn:aws:iam::${AWS::AccountId}:role{Path}{RoleName}"}),
    "AWS::IAM::User": ("UserName", {REF: "{UserName}", "Arn": "arn:aws:iam::${AWS::AccountId}:user{Path}{UserName}"}),
    "AWS::IAM::ManagedPolicy": (
        "ManagedPolicyName",
        dict.fromkeys((REF, "PolicyArn"), "arn:aws:iam::${AWS::AccountId}:policy{Path}{ManagedPolicyName}"),
    ),
    "AWS::S3::Bucket": ("BucketName", {REF: "{BucketName}", "Arn": "arn:aws:s3:::{BucketName}"}),
    "AWS::SNS::Topic": ("TopicName", dict.fromkeys((REF, "TopicArn"), f"arn:aws:sns:{_HERE}:{{TopicName}}")),
    "AWS::SQS::Queue": ("QueueName", {"Arn": f"arn:aws:sqs:{_HERE}:{{QueueName}}", "QueueName": "{QueueName}"}),
    "AWS::DynamoDB::Table": ("TableName", {REF: "{TableName}", "Arn": f"arn:aws:dynamodb:{_HERE}:table/{{TableName}}"}),
    "AWS::Lambda::Function": (
        "FunctionName",
        {REF: "{FunctionName}", "Arn": f"arn:aws:lambda:{_HERE}:function:{{FunctionName}}"},
    ),
    "AWS::Serverless::Function": (
        "FunctionName",
        {REF: "{FunctionName}", "Arn": f"arn:aws:lambda:{_HERE}:function:{{FunctionName}}"},
    ),
    "AWS::Serverless::SimpleTable": (
        "TableName",
        {REF: "{TableName}", "Arn": f"arn:aws:dynamodb:{_HERE}:table/{{TableName}}"},
    ),
    "AWS::Lambda::Alias": ("Name", dict.fromkeys((REF, "AliasArn"), "{FunctionName}:{Name}")),
    "AWS::Lambda::Version": ("Version", dict.fromkeys((REF, "FunctionArn"), "{FunctionName}:{Version}")),
    **dict.fromkeys(
        ("AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion"),
        ("LayerName", dict.fromkeys((REF, "LayerVersionArn"), f"arn:aws:lambda:{_HERE}:layer:{{LayerName}}:1")),
    ),
    "AWS::SecretsManager::Secret": (
        "Name",
        dict.fromkeys((REF, "Id"), f"arn:aws:secretsmanager:{_HERE}:secret:{{Name}}"),
    ),
    "AWS::Kinesis::Stream": ("Name", {REF: "{Name}", "Arn": f"arn:aws:kinesis:{_HERE}:stream/{{Name}}"}),
    "AWS::KinesisFirehose::DeliveryStream": (
        "DeliveryStreamName",
        {REF: "{DeliveryStreamName}", "Arn": f"arn:aws:firehose:{_HERE}:deliverystream/{{DeliveryStreamName}}"},
    ),
    "AWS::S3::AccessPoint": ("Name", {REF: "{Name}", "Arn": f"arn:aws:s3:{_HERE}:accesspoint/{{Name}}"}),
    "AWS::RolesAnywhere::TrustAnchor": (
        "Name",
        {REF: "{Name}", "TrustAnchorArn": f"arn:aws:rolesanywhere:{_HERE}:trust-anchor/{{Name}}"},
    ),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        {REF: "{LogGroupName}", "Arn": f"arn:aws:logs:{_HERE}:log-group:{{LogGroupName}}:*"},
    ),
    "AWS::IoT::Thing": ("ThingName", {REF: "{ThingName}", "Arn": f"arn:aws:iot:{_HERE}:thing/{{ThingName}}"}),
    "AWS::IoT::Policy": ("PolicyName", {REF: "{PolicyName}", "Arn": f"arn:aws:iot:{_HERE}:policy/{{PolicyName}}"}),
    "AWS::IoT::RoleAlias": (
        "RoleAlias",
        {REF: "{RoleAlias}", "RoleAliasArn": f"arn:aws:iot:{_HERE}:rolealias/{{RoleAlias}}"},
    ),
    "AWS::KMS::Key": ("KeyId", {REF: "{KeyId}", "Arn": f"arn:aws:kms:{_HERE}:key/{{KeyId}}"}),
    "AWS::CloudWatch::Dashboard": ("DashboardName", {REF: "{DashboardName}"}),
    "AWS::SSM::Parameter": ("Name", {REF: "{Name}"}),
}
NAMED: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(_NAMED)
