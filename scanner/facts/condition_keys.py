"""Which condition keys of AWS bound a statement, and which values of each do.

A key bounds callers where its value, once fixed, is one that an outsider cannot have; it bounds resources where its value says which
resources an action reaches. Each key has a test of its own, since what is fixed differs: an account has no wildcard, the path of an
organisational unit may have them behind the organisation, an ARN behind its account.

Keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. What S3 counts as fixed:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Either, Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, agreed, all_of

Test = Callable[[str], bool | None]
"""Whether a pattern with `*` and `?` is fixed; None where that hangs on a part that is not known."""

OPEN = "\0"
"""In the text of a value: a part that is not known, and may be anything."""
FIXED = "\1"
"""In the text of a value: what the resource of a reference is called, one name that is not known yet."""
VARIABLE = "\2"
"""In the text of a value: a policy variable for the account or the organisation of the other side, which nobody chooses."""
OWN = "\3"
"""In the text of a value: a policy variable for what the identity itself is or is tagged with. Its administrator chooses it."""
CHOSEN = "\4"
"""In the text of a value: a policy variable that whoever calls can fill in."""


def _literal(pattern: str) -> bool | None:
    """Some character stands in it as it is: what has it is not everything."""
    return True if pattern.replace(OPEN, "").strip("*?") else None if OPEN in pattern else False


_TYPE = lazy_re.pattern(r"^/?[\w-]+[/:](?=[*?])")


def without_type(resource: str) -> str:
    """The last field of an ARN without the type before a wildcard: `*` of `table/*`."""
    return _TYPE.sub("", resource)


def named(pattern: str) -> bool | None:
    """Something of a resource's name is written, beside its type: not `alias/*`, not `arn:aws:ec2:*:*:vpc/*`."""
    return _literal(without_type(pattern.split(":", 5)[-1]).strip("/:"))


def exact(pattern: str) -> bool | None:
    """No wildcard: accounts, organisations, networks."""
    return False if "*" in pattern or "?" in pattern else None if OPEN in pattern else True


def _path(pattern: str) -> bool | None:
    """The path of an organisational unit begins with its organisation: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html#access_policies_access-advisor-viewing-orgs-entity-path
    """
    organization, slash, _ = pattern.partition("/")
    return exact(organization if slash else pattern)


def _arn(pattern: str) -> bool | None:
    """An account without wildcards in its place, or no wildcard at all where the ARN has no account, as those of buckets.

    Partition, region and account of a bucket's ARN say nothing of which it is, so that wildcards in their place match no other:
    `arn:aws:s3:*:*:reports` is one bucket. What has a slash may be an access point, which is of an account.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-resources-for-iam-policies
    """
    if pattern.startswith((FIXED, VARIABLE)):
        return True  # the ARN of a resource, with whatever follows
    fields = pattern.split(":", 5)
    if len(fields) == 6 and fields[2] == "s3" and fields[4] in ("", "*") and "/" not in fields[5]:
        return exact(fields[5])
    if len(fields) < 5 or not fields[4]:
        return exact(pattern)
    if "*" in fields[4] or "?" in fields[4]:
        return False
    if fields[3] == OPEN:
        fields[3] = ""  # whatever the region is
    return None if OPEN in ":".join(fields[:5]) else True


def _caller(pattern: str) -> bool | None:
    """`aws:userid` is the unique id of a role or a user, of a role with the name of a session that its caller chooses: `AROA…:session`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    return exact(pattern.partition(":")[0] if ":" in pattern else pattern)


def _service(pattern: str) -> bool | None:
    """The name of a service, whatever its region: `ec2.*.amazonaws.com`."""
    return exact(pattern.partition(".")[0])


def _any(_: str) -> bool | None:
    """The key is there for services alone: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""
    return True


def _variable_only(pattern: str) -> bool | None:
    """A property of the resource says nothing of callers, unless it has to be theirs: `aws:ResourceOrgID` = `${aws:PrincipalOrgID}`."""
    return pattern == VARIABLE or pattern.startswith(VARIABLE + "/")


def _network(pattern: str) -> bool | None:
    """S3 counts networks wider than /8 (IPv4) and /32 (IPv6) as everyone."""
    if OPEN in pattern or FIXED in pattern:
        prefix = pattern.rpartition("/")[2]
        return True if prefix.isdecimal() and int(prefix) >= 32 else None
    try:
        network = ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)


_NETWORKS = ("aws:sourceip",)
_ARNS = (
    "aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn", "s3:dataaccesspointarn", "elasticfilesystem:accesspointarn",
    "lambda:sourcefunctionarn", "ec2:sourceinstancearn", "codebuild:projectarn", "codebuild:buildarn", "ssm:sourceinstancearn",
)  # fmt: skip

CALLERS: Mapping[str, Test] = {
    **dict.fromkeys(("aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"), exact),
    **dict.fromkeys(("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"), _path),
    **dict.fromkeys(("aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "aws:vpceaccount", "kms:calleraccount"), exact),
    **dict.fromkeys(("aws:sourcevpc", "aws:sourcevpce", "aws:ec2instancesourcevpc", "s3:dataaccesspointaccount"), exact),
    **dict.fromkeys(("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"), _variable_only),
    **dict.fromkeys(_ARNS, _arn),
    **dict.fromkeys(_NETWORKS, _network),
    **dict.fromkeys(("aws:principalservicename", "aws:principalservicenameslist"), _any),
    "aws:userid": _caller,
    "aws:principalisawsservice": _any,
}
"""Keys that bound who may use a statement of a resource's policy. `aws:VpcSourceIp` does not: any VPC may have that private address."""

RESOURCES: Mapping[str, Test] = {
    **dict.fromkeys(("aws:resourceaccount", "aws:resourceorgid", "s3:resourceaccount", "s3:dataaccesspointaccount"), exact),
    "aws:resourceorgpaths": _path,
    **dict.fromkeys(("s3:dataaccesspointarn", "elasticfilesystem:accesspointarn"), _arn),
    **dict.fromkeys(("kms:viaservice", "iam:passedtoservice", "iam:awsservicename"), _service),
    **dict.fromkeys(("kms:resourcealiases", "kms:requestalias", "ecs:cluster", "ec2:vpc", "iam:permissionsboundary"), named),
    "kms:encryptioncontextkeys": _literal,
}
"""Keys that bound which resources, or through which service, an action of an identity reaches. Who it is, and from where it calls, bounds
nothing: it is that identity."""
_RESOURCE_PREFIXES = (
    "aws:requesttag/", "kms:encryptioncontext:",
    *(f"{service}:resourcetag/" for service in ("aws", "ec2", "ssm", "secretsmanager", "iam", "rds", "ecs", "eks", "elasticloadbalancing")),
)  # fmt: skip


def of_callers(key: str) -> Test | None:
    """How a key, in lower case, bounds callers; None where it does not."""
    return CALLERS.get(key)


def of_resources(key: str) -> Test | None:
    """How a key, in lower case, bounds resources; None where it does not."""
    return RESOURCES.get(key) or (_literal if key.startswith(_RESOURCE_PREFIXES) else None)


# Operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

_EQUAL = {"stringequals", "stringequalsignorecase"}
POSITIVE = _EQUAL | {"stringlike", "arnequals", "arnlike", "ipaddress"}
NEGATED = {
    "stringnotequals": "stringequals", "stringnotequalsignorecase": "stringequals", "stringnotlike": "stringlike",
    "arnnotequals": "arnlike", "arnnotlike": "arnlike", "notipaddress": "ipaddress",
}  # fmt: skip
"""Operator to the positive one that it is the opposite of."""


def names_fixed(operator: str, key: str, value: Any, test: Test) -> bool | Unknown:
    """Whether one value (or each of a list), compared by a positive operator in lower case, is fixed."""
    if isinstance(value, Either):
        return Value(agreed(value, [names_fixed(operator, key, option, test) for option in value.options])).data  # type: ignore[no-any-return]
    if isinstance(value, list):
        return all_of([Value(names_fixed(operator, key, element, test)) for element in value or [OPEN]]).data  # type: ignore[no-any-return]
    as_written = operator in _EQUAL and test not in (_network, _variable_only)
    if isinstance(value, Unknown):
        return as_written or value  # equality with a value that is not known is still equality with one value
    text = _spelled(key, value)
    if CHOSEN in text:
        return False
    fixed = True if as_written else test(text)
    return _open_part(value) if fixed is None else fixed


def _open_part(value: Any) -> Unknown:
    return unknown_inside(value) or Unknown(f"the text of {value}, which a condition compares with", "scan the plan or the live resource")


_VARIABLE = lazy_re.pattern(r"\$\{([^}]*)\}")
_OF_THE_RESOURCE = ("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths")
_OF_THE_CALLER = ("aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths")


def _spelled(key: str, value: Any) -> str:
    """The text of a value, with marks for what is not written out."""
    parts = value.parts if isinstance(value, Text) else (value,)
    text = "".join(OPEN if isinstance(part, Unknown) else FIXED if isinstance(part, Reference) else str(part) for part in parts)
    return _VARIABLE.sub(lambda match: _variable(key, match[1].partition(",")[0].strip().lower()), text)


def _variable(key: str, name: str) -> str:
    """A policy variable as a mark: one of the resource bounds a key of the caller, and the other way round.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if name in ("*", "?", "$"):
        return FIXED  # the character itself
    if of_resources(key) is None:
        return VARIABLE if name in _OF_THE_RESOURCE else CHOSEN
    if name in _OF_THE_CALLER:
        return VARIABLE
    return OWN if name.startswith("aws:principaltag/") or name in ("aws:username", "aws:userid") else CHOSEN
