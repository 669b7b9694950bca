"""Names that providers document, one by one: what a reader takes each of them for."""

from __future__ import annotations

from typing import Any

import pytest

from assay.scanner.facts.bindings import BASIC, Binding
from assay.scanner.facts.condition_keys import of_callers, of_resources
from assay.scanner.facts.edge.managed_groups import AWS
from assay.scanner.facts.iam import escalation
from assay.scanner.facts.iam.trust import ACTING, google_trust
from assay.scanner.facts.storage.s3 import _lets_logs_in
from assay.scanner.facts.supply import claims, issuers
from assay.scanner.sources.values import Value

ACCOUNT, ORGANIZATION = "111122223333", "o-a1b2c3d4e5"


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and the pages of each service beside
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
@pytest.mark.parametrize(("key", "bounds", "open_"), [
    ("aws:PrincipalOrgID", ORGANIZATION, "o-*"), ("aws:SourceOrgID", ORGANIZATION, "o-*"), ("aws:VpceOrgID", ORGANIZATION, "o-*"),
    ("aws:PrincipalOrgPaths", f"{ORGANIZATION}/r-ab12/*", "*/r-ab12/*"), ("aws:SourceOrgPaths", f"{ORGANIZATION}/*", "*"),
    ("aws:VpceOrgPaths", f"{ORGANIZATION}/*", "o-*/r-ab12/"),
    ("aws:PrincipalAccount", ACCOUNT, "1111*"), ("aws:SourceAccount", ACCOUNT, "*"), ("aws:SourceOwner", ACCOUNT, "*"),
    ("aws:VpceAccount", ACCOUNT, "*"), ("kms:CallerAccount", ACCOUNT, "*"), ("s3:DataAccessPointAccount", ACCOUNT, "*"),
    ("aws:SourceVpc", "vpc-0a1b2c3d", "vpc-*"), ("aws:SourceVpce", "vpce-0a1b2c3d", "vpce-*"),
    ("aws:Ec2InstanceSourceVpc", "vpc-0a1b2c3d", "vpc-*"),
    ("aws:SourceArn", f"arn:aws:sns:eu-west-1:{ACCOUNT}:*", "arn:aws:sns:*:*:*"),
    ("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*", "arn:aws:iam::*:role/deploy"),
    ("aws:SourceVpcArn", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/*", "arn:aws:ec2:eu-west-1:*:vpc/*"),
    ("s3:DataAccessPointArn", f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/*", "arn:aws:s3:eu-west-1:*:accesspoint/*"),
    ("elasticfilesystem:AccessPointArn", f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:access-point/*", "*"),
    ("lambda:SourceFunctionArn", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:*", "arn:aws:lambda:eu-west-1:*:function:*"),
    ("ec2:SourceInstanceARN", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*", "arn:aws:ec2:eu-west-1:*:instance/*"),
    ("codebuild:projectArn", f"arn:aws:codebuild:eu-west-1:{ACCOUNT}:project/*", "arn:aws:codebuild:eu-west-1:*:project/*"),
    ("codebuild:buildArn", f"arn:aws:codebuild:eu-west-1:{ACCOUNT}:build/*", "arn:aws:codebuild:eu-west-1:*:build/*"),
    ("ssm:SourceInstanceARN", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*", "arn:aws:ec2:eu-west-1:*:instance/*"),
    ("aws:SourceIp", "10.0.0.0/8", "10.0.0.0/7"), ("aws:SourceIp", "2001:db8::/32", "2001:db8::/31"),
    ("aws:PrincipalServiceName", "sns.amazonaws.com", None), ("aws:PrincipalServiceNamesList", "sns.amazonaws.com", None),
    ("aws:PrincipalIsAWSService", "true", None), ("aws:userid", "AROAEXAMPLEID:*", "AROA*:deploy"),
    # The resource's own says nothing of a caller as text.
    ("aws:ResourceAccount", None, ACCOUNT), ("aws:ResourceOrgID", None, ORGANIZATION), ("aws:ResourceOrgPaths", None, f"{ORGANIZATION}/*"),
])  # fmt: skip
def test_which_keys_bound_callers(key: str, bounds: str | None, open_: str | None) -> None:
    test = of_callers(key.lower())
    assert test is not None
    assert bounds is None or test(bounds) is True
    assert open_ is None or test(open_) is False


@pytest.mark.parametrize("key", ["aws:VpcSourceIp", "aws:SecureTransport", "aws:RequestedRegion", "aws:PrincipalTag/team", "aws:username"])
def test_which_keys_bound_nobody(key: str) -> None:
    assert of_callers(key.lower()) is None


@pytest.mark.parametrize(("key", "bounds", "open_"), [
    ("aws:ResourceAccount", ACCOUNT, "*"), ("aws:ResourceOrgID", ORGANIZATION, "o-*"), ("s3:ResourceAccount", ACCOUNT, "*"),
    ("s3:DataAccessPointAccount", ACCOUNT, "*"), ("aws:ResourceOrgPaths", f"{ORGANIZATION}/*", "*/*"),
    ("s3:DataAccessPointArn", f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/*", "arn:aws:s3:eu-west-1:*:accesspoint/*"),
    ("elasticfilesystem:AccessPointArn", f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:access-point/*", "*"),
    ("kms:ViaService", "s3.*.amazonaws.com", "*.eu-west-1.amazonaws.com"), ("iam:PassedToService", "ecs-tasks.amazonaws.com", "*"),
    ("iam:AWSServiceName", "elasticloadbalancing.amazonaws.com", "*"),
    ("kms:ResourceAliases", "alias/trade*", "alias/*"), ("kms:RequestAlias", "alias/trade*", "alias/*"),
    ("ecs:cluster", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/trade", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/*"),
    ("ec2:Vpc", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-0a1b2c3d", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/*"),
    ("iam:PermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:policy/boundary", f"arn:aws:iam::{ACCOUNT}:policy/*"),
    ("kms:EncryptionContextKeys", "SecretARN", "*"), ("kms:EncryptionContext:SecretARN", "arn:aws:secretsmanager:*", "*"),
    ("aws:RequestTag/team", "trade", "*"), ("aws:ResourceTag/team", "trade", "*"), ("ec2:ResourceTag/team", "trade", "*"),
    ("ssm:resourceTag/team", "trade", "*"), ("secretsmanager:ResourceTag/team", "trade", "*"), ("iam:ResourceTag/team", "trade", "*"),
    ("rds:ResourceTag/team", "trade", "*"), ("ecs:ResourceTag/team", "trade", "*"), ("eks:ResourceTag/team", "trade", "*"),
    ("elasticloadbalancing:ResourceTag/team", "trade", "*"),
])  # fmt: skip
def test_which_keys_bound_resources(key: str, bounds: str, open_: str) -> None:
    test = of_resources(key.lower())
    assert test is not None
    assert (test(bounds), test(open_)) == (True, False)


def test_which_keys_bound_no_resource() -> None:
    for key in ("aws:PrincipalOrgID", "aws:SourceIp", "aws:SourceVpce", "aws:PrincipalTag/team", "ec2:InstanceType"):
        assert of_resources(key.lower()) is None, key


# The pages of each: issuers.py
@pytest.mark.parametrize("host", [
    "token.actions.githubusercontent.com", "token.actions.trade.ghe.com", "gitlab.com", "gitlab.trade.example", "code-gitlab.trade.example",
    "app.terraform.io", "app.eu.terraform.io", "oidc.circleci.com/org/1", "agent.buildkite.com", "api.bitbucket.org/2.0/w", "api.pulumi.com/oidc",
    "oidc.vercel.com/trade", "vstoken.dev.azure.com/1", "oidc.codefresh.io", "trade.app.spacelift.io", "trade.semaphoreci.com",
    "app.harness.io/ng/api", "trade.scalr.io", "login.app.env0.com", "trade.octopus.app", "git.trade.example/_services/token",
])  # fmt: skip
def test_issuers_that_are_ci_systems(host: str) -> None:
    assert issuers.sort(issuers.name(f"https://{host}/")) == "ci"


@pytest.mark.parametrize("host", [
    "accounts.google.com", "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "login.microsoftonline.com/1/v2.0",
    "sts.windows.net/1", "confidentialcomputing.googleapis.com", "securetoken.google.com/trade", "appleid.apple.com", "sts.googleapis.com",
    "trade.okta.com/oauth2", "trade.oktapreview.com", "trade.okta-emea.com", "trade.eu.auth0.com", "trade.onelogin.com/oidc/2",
    "auth.pingidentity.com", "auth.pingone.com/1/as", "oauth.id.jumpcloud.com", "trade.cloudflareaccess.com", "trade.azurecr.io",
    "identity.oraclecloud.com", "shared.eus.attest.azure.net", "sso.trade.example/realms/trade", "cognito-idp.eu-west-1.amazonaws.com/p",
    "oidc.eks.eu-west-1.amazonaws.com/id/AB", "oidc-eks.eu-west-1.api.aws/id/AB", "container.googleapis.com/v1/projects/p",
    "eastus.oic.prod-aks.azure.com/1/2", "kubernetes.default.svc.cluster.local", "gkehub.googleapis.com/projects/p",
])  # fmt: skip
def test_issuers_that_are_none(host: str) -> None:
    assert issuers.sort(issuers.name(f"https://{host}")) == "other"


WORKFLOW = "trade/app/.github/workflows/deploy.yml@refs/heads/main"


@pytest.mark.parametrize(("repository", "run"), [
    ({"repository": "trade/app"}, {"ref": "refs/heads/main"}), ({"repository_id": "1"}, {"environment": "prod"}),
    ({"workflow_ref": WORKFLOW}, {}), ({"job_workflow_ref": WORKFLOW}, {}),
    ({"project_path": "trade/app"}, {"ref": "refs/heads/main"}), ({"project_id": "1"}, {"environment": "prod"}),
    ({"ci_config_ref_uri": "gitlab.com/trade/app//.gitlab-ci.yml@refs/heads/main"}, {}),
    ({"terraform_organization_name": "trade", "terraform_workspace_name": "prod"}, {}), ({"terraform_workspace_id": "ws-1"}, {}),
    ({"sub": "organization:trade:project:app:workspace:prod:run_phase:apply"}, {}),
    ({"terraform_full_workspace": "organization:trade:project:app:workspace:prod"}, {}),
    ({"sub": "pulumi:deploy:org:trade:project:app:stack:prod:operation:update:scope:write"}, {}),
    ({"organization": "trade", "project": "app", "stack": "prod"}, {}),
    ({"organization_slug": "trade", "pipeline_slug": "app"}, {"build_branch": "main"}), ({"pipeline_id": "1"}, {"build_branch": "main"}),
    ({"sub": "organization:trade:pipeline:app:ref:refs/heads/main:commit:a1b2:step:deploy"}, {}),
    ({"repositoryuuid": "1"}, {"deploymentenvironmentuuid": "2"}), ({"repositoryuuid": "1"}, {"branchname": "main"}),
    ({"sub": "space:trade:stack:app:run_type:TRACKED:scope:write"}, {}), ({"space": "trade", "module": "app"}, {}),
    ({"space": "trade", "project": "app"}, {"deployment": "prod"}), ({"account": "trade", "pipeline": "app"}, {"scm_ref": "refs/heads/main"}),
    ({"account": "trade", "environment": "prod", "workspace": "app"}, {}), ({"owner": "trade", "project": "app"}, {"environment": "prod"}),
    ({"org": "trade", "env": "prod"}, {}), ({"project-id": "1"}, {"vcs-ref": "refs/heads/main"}),
    ({"org": "trade", "project": "app"}, {"branch": "refs/heads/main"}),
    ({"sub": "account/trade:org/o:project/app"}, {}), ({"sub": "org/1/project/2/user/3/vcs-origin/github.com/t/a/vcs-ref/refs/heads/main"}, {}),
    ({"sub": "sc://trade/app/connection"}, {}), ({"repo": "trade/app"}, {"branch": "refs/heads/main"}),
])  # fmt: skip
def test_which_claims_pin_a_run(repository: dict[str, str], run: dict[str, str]) -> None:
    together = repository | run
    assert claims.pins_run(together)
    for name in together:
        less = {other: pattern for other, pattern in together.items() if other != name}
        assert not claims.pins_run(less), f"without {name}"
    assert all(claims.may_pin(name) for name in repository)


@pytest.mark.parametrize("name", [
    "repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref", "workflow_ref", "project_path",
    "namespace_path", "ci_config_ref_uri", "pipeline_slug", "organization_slug", "terraform_workspace_id", "terraform_workspace_name",
    "terraform_organization_name", "terraform_organization_id", "terraform_full_workspace", "repositoryUuid",
    "oidc.circleci.com/vcs-origin", "oidc.circleci.com/vcs-ref", "oidc.circleci.com/project-id", "pipeline_source",
])  # fmt: skip
def test_claims_of_ci_systems_alone(name: str) -> None:
    assert claims.is_of_ci(name)
    assert not claims.is_of_ci(f"{name}x")


@pytest.mark.parametrize("name", ["actor", "aud", "head_ref", "sha", "run_id", "email", "environment_protected"])
def test_claims_that_whoever_calls_chooses(name: str) -> None:
    assert not claims.may_pin(name)


# https://docs.github.com/en/actions/reference/security/oidc, https://docs.gitlab.com/ci/secrets/id_token_authentication/,
# https://docs.spacelift.io/integrations/cloud-providers/oidc and the pages of issuers.py
@pytest.mark.parametrize("name", [
    "actor", "actor_id", "base_ref", "context", "enterprise", "enterprise_id", "event_name", "head_ref", "ref_type", "repository_owner",
    "repository_owner_id", "repository_visibility", "run_id", "run_number", "run_attempt", "runner_environment", "sha", "workflow",
    "workflow_sha", "job_workflow_sha", "ref_protected", "check_run_id", "namespace_path", "namespace_id", "user_login",
    "environment_protected", "environment_action", "deployment_tier", "pipeline_source", "run_phase", "project", "operation", "commit",
    "step", "run_type", "scope", "user", "env", "initiator", "scm_repo_url", "scm_user_name", "scm_pull_request_target_branch", "job",
    "tenant", "type", "repository", "environment", "ref", "branch", "workspace", "stack",
])  # fmt: skip
def test_words_of_subjects(name: str) -> None:
    assert claims.subject(f"repo:trade/app:{name}:value:more") == {"repo": "trade/app", name: "value:more"}
    assert claims.subject(f"{name}:value") == {name: "value"}


# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
@pytest.mark.parametrize("principal", [
    *({"AWS": f"arn:aws:iam::{account}:root"} for account in (
        "127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580", "718504428378",
        "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251", "054676820928", "156460612806",
        "652711504416", "635631232127", "009996457667", "897822967062", "076674570225", "507241528517",
    )),
    {"AWS": "arn:aws-us-gov:iam::048591011584:root"}, {"AWS": "arn:aws-us-gov:iam::190560391635:root"},
    {"AWS": "arn:aws-cn:iam::638102146993:root"}, {"AWS": "arn:aws-cn:iam::037604701340:root"},
    {"Service": "logging.s3.amazonaws.com"}, {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
])  # fmt: skip
def test_who_delivers_access_logs(principal: dict[str, str]) -> None:
    def document(effect: str) -> Value[Any]:
        return Value({"Statement": [{"Effect": effect, "Principal": principal, "Action": "s3:PutObject", "Resource": "*"}]})

    assert _lets_logs_in(document("Allow"))
    assert not _lets_logs_in(document("Deny"))


# https://cloud.google.com/iam/docs/service-account-permissions
@pytest.mark.parametrize("role", [
    "roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser",
    "roles/iam.serviceAccountOpenIdTokenCreator", "roles/iam.serviceAccountKeyAdmin", "roles/iam.serviceAccountAdmin", "roles/owner",
    "roles/editor",
])  # fmt: skip
def test_roles_to_act_as_a_service_account(role: str) -> None:
    assert google_trust(Binding(role, "allUsers", None, ())) is not None


@pytest.mark.parametrize("role", ["roles/viewer", "roles/iam.serviceAccountViewer", "roles/logging.viewer"])
def test_roles_that_do_not_act(role: str) -> None:
    assert google_trust(Binding(role, "allUsers", None, ())) is None


ACTIONS = ("actAs", "getAccessToken", "getOpenIdToken", "implicitDelegation", "setIamPolicy", "signBlob", "signJwt")


def test_permissions_to_act_as_a_service_account() -> None:
    assert {"iam.serviceAccountKeys.create", *(f"iam.serviceAccounts.{action}" for action in ACTIONS)} == ACTING


@pytest.mark.parametrize("permission", [
    "resourcemanager.projects.setIamPolicy", "resourcemanager.folders.setIamPolicy", "resourcemanager.organizations.setIamPolicy",
    *(f"iam.serviceAccounts.{action}" for action in ACTIONS), "iam.serviceAccountKeys.create", "iam.roles.update",
    "iam.googleapis.com/workloadIdentityPoolProviders.create", "iam.googleapis.com/workloadIdentityPoolProviders.update",
    "iam.googleapis.com/workforcePoolProviders.create", "iam.googleapis.com/workforcePoolProviders.update",
])  # fmt: skip
def test_permissions_with_which_one_gives_oneself_more(permission: str) -> None:
    assert escalation.escalating(["storage.buckets.get", permission]) == permission
    assert escalation.escalating([permission.rpartition(".")[0] + ".get"]) is None


@pytest.mark.parametrize(("owner", "within"), [
    ("bigquery.datasets", "bigquery.models"), ("bigquery.datasets", "bigquery.routines"), ("bigquery.datasets", "bigquery.tables"),
    ("cloudkms.keyRings", "cloudkms.cryptoKeyVersions"), ("cloudkms.keyRings", "cloudkms.cryptoKeys"),
    ("healthcare.datasets", "healthcare.dicomStores"), ("healthcare.datasets", "healthcare.fhirStores"),
    ("healthcare.datasets", "healthcare.hl7V2Stores"), ("spanner.instances", "spanner.databases"),
    ("storage.buckets", "storage.managedFolders"), ("storage.buckets", "storage.objects"),
])  # fmt: skip
def test_whose_policies_give_more_than_the_resource(owner: str, within: str) -> None:
    own = frozenset({f"{owner}.get", f"{owner}.setIamPolicy"})
    assert escalation.set_more(own, own) is None
    assert escalation.set_more(own, own | {f"{within}.get"}) == f"{owner}.setIamPolicy"


def test_basic_roles() -> None:
    # https://cloud.google.com/iam/docs/roles-overview#basic
    assert {f"roles/{name}" for name in ("owner", "editor", "viewer", "admin", "writer", "reader")} == BASIC


# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html and the pages beside it
DOCUMENTED = {
    "AWSManagedRulesCommonRuleSet": """
        NoUserAgent_HEADER UserAgent_BadBots_HEADER SizeRestrictions_QUERYSTRING SizeRestrictions_Cookie_HEADER SizeRestrictions_BODY
        SizeRestrictions_URIPATH EC2MetaDataSSRF_BODY EC2MetaDataSSRF_COOKIE EC2MetaDataSSRF_URIPATH EC2MetaDataSSRF_QUERYARGUMENTS
        GenericLFI_QUERYARGUMENTS GenericLFI_URIPATH GenericLFI_BODY RestrictedExtensions_URIPATH RestrictedExtensions_QUERYARGUMENTS
        GenericRFI_QUERYARGUMENTS GenericRFI_BODY GenericRFI_URIPATH CrossSiteScripting_COOKIE CrossSiteScripting_QUERYARGUMENTS
        CrossSiteScripting_BODY CrossSiteScripting_URIPATH""",
    "AWSManagedRulesAdminProtectionRuleSet": "AdminProtection_URIPATH",
    "AWSManagedRulesKnownBadInputsRuleSet": """
        JavaDeserializationRCE_HEADER JavaDeserializationRCE_BODY JavaDeserializationRCE_URIPATH JavaDeserializationRCE_QUERYSTRING
        Host_localhost_HEADER PROPFIND_METHOD ExploitablePaths_URIPATH Log4JRCE_HEADER Log4JRCE_QUERYSTRING Log4JRCE_BODY Log4JRCE_URIPATH""",
    "AWSManagedRulesSQLiRuleSet": "SQLi_QUERYARGUMENTS SQLiExtendedPatterns_QUERYARGUMENTS SQLi_BODY SQLiExtendedPatterns_BODY SQLi_COOKIE",
    "AWSManagedRulesLinuxRuleSet": "LFI_URIPATH LFI_QUERYSTRING LFI_HEADER",
    "AWSManagedRulesUnixRuleSet": """
        UNIXShellCommandsVariables_QUERYSTRING UNIXShellCommandsVariables_BODY UNIXShellCommandsVariables_HEADER""",
    "AWSManagedRulesWindowsRuleSet": """
        WindowsShellCommands_COOKIE WindowsShellCommands_QUERYARGUMENTS WindowsShellCommands_BODY PowerShellCommands_COOKIE
        PowerShellCommands_QUERYARGUMENTS PowerShellCommands_BODY""",
    "AWSManagedRulesPHPRuleSet": "PHPHighRiskMethodsVariables_HEADER PHPHighRiskMethodsVariables_QUERYSTRING PHPHighRiskMethodsVariables_BODY",
    "AWSManagedRulesWordPressRuleSet": "WordPressExploitableCommands_QUERYSTRING WordPressExploitablePaths_URIPATH",
    "AWSManagedRulesAmazonIpReputationList": "AWSManagedIPReputationList AWSManagedReconnaissanceList",
    "AWSManagedRulesAnonymousIpList": "AnonymousIPList HostingProviderIPList",
    "AWSManagedRulesAntiDDoSRuleSet": "ChallengeAllDuringEvent ChallengeDDoSRequests DDoSRequests",
}
BESIDE = {
    "AWSManagedRulesKnownBadInputsRuleSet": "ReactJSRCE_BODY",
    "AWSManagedRulesSQLiRuleSet": "SQLi_URIPATH SQLi_HEADER SQLiExtendedPatterns_URIPATH SQLiExtendedPatterns_HEADER",
    "AWSManagedRulesLinuxRuleSet": "LFI_COOKIE LFI_QUERYARGUMENTS LFI_BODY",
    "AWSManagedRulesUnixRuleSet": "UNIXShellCommandsVariables_QUERYARGUMENTS UNIXShellCommandsVariables_COOKIE",
    "AWSManagedRulesWindowsRuleSet": "WindowsShellCommands_HEADER WindowsShellCommands_QUERYSTRING WindowsShellCommands_URIPATH",
    "AWSManagedRulesPHPRuleSet": "PHPHighRiskMethodsVariables_QUERYARGUMENTS PHPHighRiskMethodsVariables_URIPATH",
}
"""Rules of other versions: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-changelog.html"""


def test_the_rules_of_managed_groups() -> None:
    assert {name: group.enforcing for name, group in AWS.items()} == {name: set(rules.split()) for name, rules in DOCUMENTED.items()}
    assert {name: group.others for name, group in AWS.items() if group.others} == {
        name: set(rules.split()) for name, rules in BESIDE.items()
    }
    assert {name: group.counting for name, group in AWS.items() if group.counting} == {
        "AWSManagedRulesAmazonIpReputationList": {"AWSManagedIPDDoSList"}
    }


@pytest.mark.parametrize(("pattern", "fixed"), [
    ("arn:aws:s3:::reports", True), ("arn:aws:s3:*:*:reports", True), ("arn:*:s3:*::reports", True), ("arn:aws:s3:::reports-*", False),
    ("arn:aws:s3:*:*:*", False), ("arn:aws:s3:*:*:accesspoint/reports", False), ("arn:aws:s3:*:111122223333:accesspoint/*", True),
    ("arn:aws:sns:*:*:reports", False), ("arn:aws:sns:*:111122223333:*", True), ("*", False), ("arn:aws:s3:*", False),
])  # fmt: skip
def test_what_the_arn_of_a_source_bounds(pattern: str, fixed: bool) -> None:
    test = of_callers("aws:sourcearn")
    assert test is not None and test(pattern) is fixed
