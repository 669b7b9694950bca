"""Lambda in the live account. https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.functions import FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable
from assay.scanner.facts.spelling import Many
from assay.scanner.sources.aws.calls import Call, Listing

_GONE = "ResourceNotFoundException"
"""Also what Lambda answers where something has no policy."""
POLICY = Call("lambda", "GetPolicy", (("FunctionName", "FunctionName"),), absent=(_GONE,))
ALIAS_POLICY = Call("lambda", "GetPolicy", (("FunctionName", "OfFunction"), ("Qualifier", "Name")), absent=(_GONE,))
FUNCTIONS = Listing(
    "lambda.function", Call("lambda", "ListFunctions"), entries="Functions", id="FunctionArn", gone=(_GONE,), details=(POLICY,)
)
URLS = Listing(
    "lambda.url",
    Call("lambda", "ListFunctionUrlConfigs", (("FunctionName", "FunctionName"),)),
    entries="FunctionUrlConfigs",
    id="FunctionUrl",
    parent=FUNCTIONS.type,
    known=(("OfFunction", "FunctionArn"),),
)
# What has a policy of its own: https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html#API_GetPolicy_RequestSyntax
ALIASES = Listing(
    "lambda.alias",
    Call("lambda", "ListAliases", (("FunctionName", "FunctionName"),)),
    entries="Aliases",
    id="AliasArn",
    parent=FUNCTIONS.type,
    known=(("OfFunction", "FunctionArn"),),
    gone=(_GONE,),
    details=(ALIAS_POLICY,),
)
LISTINGS = (FUNCTIONS, URLS, ALIASES)

READERS = (
    Reader(
        Invocable,
        (FUNCTIONS.type,),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionArn",),
            policies=("get_policy.Policy", Many(ALIASES.type, "OfFunction", "get_policy.Policy", calls=(ALIAS_POLICY.name,))),
            # Of a URL for an alias, FunctionArn ends with the name of that.
            urls=(Many(URLS.type, "OfFunction", "AuthType"),),
        ),
    ),
)
