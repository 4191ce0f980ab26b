"""What must last: retention, protection, and parameters that refuse nonsense."""

from pathlib import Path

from tests.template.reading import Template, of_type

CONSTRAINTS = frozenset({"AllowedPattern", "AllowedValues", "MinValue", "MaxValue"})
LASTING = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket")


def find_perishable(template: Template) -> list[str]:
    """Return each table, key and bucket that a deletion of the stack would take along."""
    return [
        f"{name} has no {policy}: Retain"
        for name, resource in template["Resources"].items()
        if resource["Type"] in LASTING
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
        if resource.get(policy) != "Retain"
    ]


def find_unprotected_tables(template: Template) -> list[str]:
    """Return what each table lacks: protection, recovery, on-demand capacity, stream, TTL."""
    wanted = {
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    }
    tables = of_type(template, "AWS::DynamoDB::Table")
    return [
        f"{name}: {key}" for name, table in tables.items() for key, value in wanted.items() if table.get(key) != value
    ]


def find_open_buckets(template: Template) -> list[str]:
    """Return what each bucket lacks: no public access, no ACLs, versions that are kept, and not for ever."""
    faults = []
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        block = bucket.get("PublicAccessBlockConfiguration", {})
        shut = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        faults += [f"{name}: {each} is off" for each in shut if block.get(each) is not True]
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        holds = {
            "versions": bucket.get("VersioningConfiguration") == {"Status": "Enabled"},
            "ACLs": bucket.get("OwnershipControls") == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "an end of versions": any("NoncurrentVersionExpiration" in rule for rule in rules),
        }
        faults += [f"{name}: {what}" for what, is_so in holds.items() if not is_so]
    return faults


def find_endless_logs(template: Template) -> list[str]:
    """Return each log group without retention, and each function that does not write to a log group of the template."""
    groups = of_type(template, "AWS::Logs::LogGroup")
    functions = of_type(template, "AWS::Lambda::Function")
    faults = [f"{name} keeps logs for ever" for name, group in groups.items() if not group.get("RetentionInDays")]
    written = {
        name: function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") for name, function in functions.items()
    }
    return faults + [f"{name} has no log group of its own" for name, group in written.items() if group not in groups]


def find_loose_parameters(template: Template) -> list[str]:
    """Return each parameter without a description, a constraint, or words for a value that it refuses."""
    faults = []
    for name, parameter in template["Parameters"].items():
        faults += [f"{name} has no {key}" for key in ("Description", "ConstraintDescription") if not parameter.get(key)]
        faults += [f"{name} takes any value"] if not CONSTRAINTS & parameter.keys() else []
    return faults


def find_missing_handlers(template: Template, root: Path) -> list[str]:
    """Return each function whose handler's file is not there, or does not define it."""
    faults = []
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        folder = root / function["Code"]["S3Key"].removesuffix(".zip")
        module, _, handler = function["Handler"].rpartition(".")
        path = folder / f"{module}.py"
        if not path.is_file() or f"def {handler}(" not in path.read_text(encoding="utf-8"):
            faults.append(f"{name}: `{path.relative_to(root)}` has no {handler}")
    return faults


TRACED = {"Mode": {"Fn::If": ["IsTraced", "Active", "PassThrough"]}}
JUDGES = ("InspectFunction", "RemediateFunction", "OperateFunction")


def find_odd_functions(template: Template) -> list[str]:
    """Return each function that differs from what all share, or is traced unasked; those that judge have more."""
    wanted = {"Runtime": "python3.13", "Architectures": ["arm64"], "TracingConfig": TRACED}
    functions = of_type(template, "AWS::Lambda::Function")
    return [
        f"{name}: {key}"
        for name, function in functions.items()
        for key, value in {**wanted, "MemorySize": 1769 if name in JUDGES else 256}.items()
        if function.get(key) != value
    ]
