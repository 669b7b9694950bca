"""The rules of the rule groups that AWS manages, as far as their names decide what is left of a group whose rules are overridden.

After the lists in the WAF Developer Guide, which name the rules of the default versions: https://docs.aws.amazon.com/waf/latest/developerguide/
aws-managed-rule-groups-baseline.html, …-use-case.html, …-ip-rep.html, …-bot.html and …-anti-ddos.html beside it.
"""

from __future__ import annotations

from typing import NamedTuple


class ManagedGroup(NamedTuple):
    """The names of the rules of a group."""

    enforcing: frozenset[str]
    """Those of its default version that block, challenge or ask for a puzzle unless they are overridden."""
    others: frozenset[str] = frozenset()
    """Those that some versions or settings have."""
    counting: frozenset[str] = frozenset()
    """Those that count unless they are overridden."""


def _names(*families: str) -> frozenset[str]:
    """`LFI: URIPATH HEADER` is LFI_URIPATH and LFI_HEADER; a family without a colon is names as they are."""
    parts = [family.partition(": ") for family in families]
    return frozenset(f"{stem}_{name}" if names else name for stem, _, names in parts for name in (names or stem).split())


AWS = {
    "AWSManagedRulesCommonRuleSet": ManagedGroup(
        _names(
            "NoUserAgent_HEADER UserAgent_BadBots_HEADER",
            "SizeRestrictions: QUERYSTRING Cookie_HEADER BODY URIPATH",
            "EC2MetaDataSSRF: BODY COOKIE URIPATH QUERYARGUMENTS",
            "GenericLFI: QUERYARGUMENTS URIPATH BODY",
            "RestrictedExtensions: URIPATH QUERYARGUMENTS",
            "GenericRFI: QUERYARGUMENTS BODY URIPATH",
            "CrossSiteScripting: COOKIE QUERYARGUMENTS BODY URIPATH",
        )
    ),
    "AWSManagedRulesAdminProtectionRuleSet": ManagedGroup(_names("AdminProtection_URIPATH")),
    "AWSManagedRulesKnownBadInputsRuleSet": ManagedGroup(
        _names(
            "JavaDeserializationRCE: HEADER BODY URIPATH QUERYSTRING",
            "Host_localhost_HEADER PROPFIND_METHOD ExploitablePaths_URIPATH",
            "Log4JRCE: HEADER QUERYSTRING BODY URIPATH",
        ),
        _names("ReactJSRCE_BODY"),
    ),
    "AWSManagedRulesSQLiRuleSet": ManagedGroup(
        _names("SQLi: QUERYARGUMENTS BODY COOKIE", "SQLiExtendedPatterns: QUERYARGUMENTS BODY"),
        _names("SQLi: URIPATH HEADER", "SQLiExtendedPatterns: URIPATH HEADER"),
    ),
    "AWSManagedRulesLinuxRuleSet": ManagedGroup(_names("LFI: URIPATH QUERYSTRING HEADER"), _names("LFI: COOKIE QUERYARGUMENTS BODY")),
    "AWSManagedRulesUnixRuleSet": ManagedGroup(
        _names("UNIXShellCommandsVariables: QUERYSTRING BODY HEADER"), _names("UNIXShellCommandsVariables: QUERYARGUMENTS COOKIE")
    ),
    "AWSManagedRulesWindowsRuleSet": ManagedGroup(
        _names("WindowsShellCommands: COOKIE QUERYARGUMENTS BODY", "PowerShellCommands: COOKIE QUERYARGUMENTS BODY"),
        _names("WindowsShellCommands: HEADER QUERYSTRING URIPATH"),
    ),
    "AWSManagedRulesPHPRuleSet": ManagedGroup(
        _names("PHPHighRiskMethodsVariables: HEADER QUERYSTRING BODY"), _names("PHPHighRiskMethodsVariables: QUERYARGUMENTS URIPATH")
    ),
    "AWSManagedRulesWordPressRuleSet": ManagedGroup(_names("WordPressExploitableCommands_QUERYSTRING WordPressExploitablePaths_URIPATH")),
    "AWSManagedRulesAmazonIpReputationList": ManagedGroup(
        _names("AWSManagedIPReputationList AWSManagedReconnaissanceList"), counting=_names("AWSManagedIPDDoSList")
    ),
    "AWSManagedRulesAnonymousIpList": ManagedGroup(_names("AnonymousIPList HostingProviderIPList")),
    "AWSManagedRulesAntiDDoSRuleSet": ManagedGroup(_names("ChallengeAllDuringEvent ChallengeDDoSRequests DDoSRequests")),
}
