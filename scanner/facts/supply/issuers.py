"""Who issues tokens: a CI system, or somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Text

CI = "ci"
OTHER = "other"

# https://docs.github.com/en/actions/reference/security/oidc (own enterprises: https://token.actions.SUBDOMAIN.ghe.com and
# https://HOSTNAME/_services/token), https://docs.gitlab.com/ci/cloud_services/,
# https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials,
# https://circleci.com/docs/openid-connect-tokens/, https://buildkite.com/docs/pipelines/security/oidc,
# https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/,
# https://docs.spacelift.io/integrations/cloud-providers/oidc, https://docs.scalr.io/docs/aws,
# https://www.pulumi.com/docs/pulumi-cloud/access-management/oidc/, https://vercel.com/docs/oidc,
# https://learn.microsoft.com/en-us/azure/devops/pipelines/release/configure-workload-identity,
# https://docs.semaphoreci.com/using-semaphore/openid, https://codefresh.io/docs/docs/integrations/oidc-pipelines/,
# https://developer.harness.io/docs/platform/connectors/cloud-providers/add-aws-connector
_CI_HOSTS = (
    "token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "app.eu.terraform.io", "oidc.circleci.com",
    "agent.buildkite.com", "api.bitbucket.org", "api.pulumi.com", "oidc.vercel.com", "vstoken.dev.azure.com", "oidc.codefresh.io",
)  # fmt: skip
_CI_DOMAINS = ("spacelift.io", "semaphoreci.com", "harness.io", "scalr.io", "env0.com", "octopus.app")
_GITHUB_ENTERPRISE = lazy_re.pattern(r"^token\.actions\.[\w.-]+\.ghe\.com$")

# Clusters, people's sign-in, attestation and clouds: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html,
# https://cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes,
# https://cloud.google.com/confidential-computing/confidential-space/docs/create-grant-access-confidential-resources
_CLUSTERS = lazy_re.pattern(
    r"^(?:oidc[.-]eks\.|container\.googleapis\.com|[\w.-]*oic\.prod-aks\.azure\.com|kubernetes\.default|gkehub\.googleapis\.com)"
)
_OTHER_HOSTS = (
    "accounts.google.com", "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "login.microsoftonline.com",
    "sts.windows.net", "confidentialcomputing.googleapis.com", "securetoken.google.com", "appleid.apple.com", "sts.googleapis.com",
)  # fmt: skip
_OTHER_DOMAINS = (
    "okta.com", "oktapreview.com", "okta-emea.com", "auth0.com", "onelogin.com", "pingidentity.com", "pingone.com", "jumpcloud.com",
    "cloudflareaccess.com", "azurecr.io", "oraclecloud.com", "attest.azure.net",
)  # fmt: skip


def name(url: Any) -> str:
    """An issuer by host and path, as AWS names it: of its URL, of the ARN of its provider, of that name. Unknown parts are left out."""
    text = "".join(part for part in url.parts if isinstance(part, str)) if isinstance(url, Text) else str(url)
    text = text.rpartition("oidc-provider/")[2]
    return re.sub(r"^https?://", "", text.strip()).rstrip("/").lower()


def is_cluster(issuer: str) -> bool:
    """Whether the tokens are those of a Kubernetes cluster, of which any workload has some."""
    return bool(_CLUSTERS.match(issuer))


def sort(issuer: str) -> str | None:
    """`ci`, `other`, or None where the host says nothing, or is not known."""
    if "${" in issuer:
        return None
    host, _, path = issuer.partition("/")
    host = host.partition(":")[0]
    if host in _CI_HOSTS or _within(host, _CI_DOMAINS) or _GITHUB_ENTERPRISE.match(host) or f"/{path}".endswith("/_services/token"):
        return CI
    if "gitlab" in re.split(r"[.-]", host):
        return CI
    known = host in _OTHER_HOSTS or _within(host, _OTHER_DOMAINS) or is_cluster(host) or host.startswith("cognito-idp.")
    return OTHER if known or ":saml-provider/" in issuer or "/realms/" in f"/{path}" else None


def _within(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
