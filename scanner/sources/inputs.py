"""What inputs there are. A new input is one entry here, one folder beside this file, and a module of readers in the areas that it shows."""

from __future__ import annotations

import msgspec

TERRAFORM = ("terraform_aws", "terraform_gcp")


class Input(msgspec.Struct, frozen=True):
    """One way in which infrastructure is described."""

    name: str
    """As rules name it under `judged` and `applies_to`."""
    columns: dict[str, str]
    """Modules of readers in facts/<area>/ to the titles of their columns in the matrix of controls."""
    live: bool = False
    """It shows what is, rather than what code asks for."""
    remedy: str = ""
    """As rules name it under `remediation`; empty where they name none for it."""
    remedy_title: str = ""
    fence: str = ""
    """The language of a remedy in Markdown."""


INPUTS = (
    Input(
        "terraform",
        {"terraform_aws": "Terraform, AWS", "terraform_gcp": "Terraform, Google Cloud"},
        remedy="terraform",
        remedy_title="Terraform",
        fence="hcl",
    ),
    Input("plan", {}),
    Input(
        "cloudformation",
        {"cloudformation": "CloudFormation, CDK"},
        remedy="cloudformation",
        remedy_title="CloudFormation",
        fence="yaml",
    ),
    Input("aws", {"aws_api": "AWS live"}, live=True, remedy="aws", remedy_title="AWS CLI", fence="sh"),
    Input("google", {"google_api": "Google Cloud live and asset export"}, live=True, remedy="gcloud", remedy_title="gcloud", fence="sh"),
    Input(
        "deployment_manager",
        {"google_api": "Deployment Manager"},
        remedy="deployment_manager",
        remedy_title="Deployment Manager",
        fence="yaml",
    ),
    Input("config_connector", {"google_api": "Config Connector"}),
)
"""In the order of the matrix of controls."""
BY_NAME = {each.name: each for each in INPUTS}
_SAME = {"plan": "terraform"}
"""Inputs that show what another one shows: a plan is read by the readers of code."""


def readers(name: str) -> tuple[str, ...]:
    """The modules of readers of an input."""
    return tuple(BY_NAME[_SAME.get(name, name)].columns)


CODE_READERS = tuple(dict.fromkeys(reader for each in INPUTS if not each.live for reader in each.columns if reader != "google_api"))
LIVE_READERS = tuple(reader for each in INPUTS if each.live for reader in each.columns)
ALL_READERS = tuple(dict.fromkeys(reader for each in INPUTS for reader in each.columns))
