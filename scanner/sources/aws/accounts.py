"""Which accounts and regions a run goes through."""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources.aws.asking import NO_ANSWER, Account, Asker, NoRole, Refused
from assay.scanner.sources.aws.calls import Call
from assay.scanner.sources.aws.organization import UnitTree
from assay.scanner.sources.aws.request import Request, part_of
from assay.scanner.sources.aws.session import Caller, Clients, assumed, own_caller
from assay.scanner.sources.coverage import Gap, LeftOut
from assay.scanner.words import many

_IDENTITY = Call("sts", "GetCallerIdentity")
_ASSUME = Call("sts", "AssumeRole")
_REGIONS = Call("ec2", "DescribeRegions")
_ACCOUNTS = Call("organizations", "ListAccounts")
_NOT_IN_USE = "AWSOrganizationsNotInUseException"
_ALONE = "the account is in no organisation, as far as it is told: audit it without --organization"
_TAGS = Call("organizations", "ListTagsForResource", (("ResourceId", "Id"),))
# Enabled in every account, and not to be disabled: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
ALWAYS_ENABLED = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
    "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip


class AccountCandidate(msgspec.Struct, frozen=True):
    """An account that is to be gone through and was not entered yet."""

    id: str
    """Its number; the text that was given for its role, where that is no ARN."""
    name: str
    """As the organisation has it; empty where that was not asked."""
    path: str
    """The names of the organisational units that it is in, from the root inwards; empty where that is not known."""
    enter: Callable[[], Account | None]
    """Gives it with credentials that work; None, with a gap, where they do not. Raises Stopped. May be called in a thread of its own."""


class Accounts:
    """The accounts of a request. What cannot be reached is a gap, what is not chosen is left out; both are named."""

    def __init__(self, request: Request, clients: Clients, asker: Asker) -> None:
        self.request, self.clients, self.asker = request, clients, asker
        self.gaps: list[Gap] = []
        self.left_out: list[LeftOut] = []
        self._own, self.home = own_caller(request.profile)
        self._tree: UnitTree | None = None

    def own(self) -> Account | None:
        """The account of the credentials that the audit was started with; None, with a gap, where they do not work."""
        return self._account("", "", self._own)

    def find(self) -> list[AccountCandidate]:
        """The accounts to go through. Raises CredentialsError and Stopped."""
        if self.request.organization:
            return list(self._organization())
        if self.request.roles:
            return [AccountCandidate(_account_of(role), "", "", functools.partial(self._assumed, role)) for role in self.request.roles]
        own = self.own()
        return [AccountCandidate(own.id, own.name, "", lambda: own)] if own else []

    def _organization(self) -> Iterator[AccountCandidate]:
        own = self.own()
        if own is None:
            return
        try:
            listed = [account for page in self.asker.pages(own, self.home, _ACCOUNTS, {}) for account in page.get("Accounts", [])]
        except Refused as refused:
            reason = f"the accounts of the organisation could not be listed: organizations:ListAccounts: {refused.answer.code}"
            way = "run it in the management account or a delegated administrator's, with that permission"
            way = _ALONE if refused.answer.code == _NOT_IN_USE else way
            self.gaps.append(Gap(f"aws:{own.id}", "account_failed", reason, way))
            return
        tree = self._tree = UnitTree(own, self.home, self.asker)
        accounts = sorted(listed, key=lambda account: str(account.get("Id")))
        for account in accounts:
            if self._is_chosen(own, account):
                id_, name = str(account.get("Id")), str(account.get("Name", ""))
                yield AccountCandidate(id_, name, tree.path(id_), functools.partial(self._entered, own, id_, name))
        if len(self.left_out) == len(accounts) and not any(left.part for left in self.left_out):
            chosen = [f"--include {pattern}" for pattern in self.request.include]
            chosen += [f"--exclude {pattern}" for pattern in self.request.exclude]
            reason = f"{' '.join(chosen) or 'the list'} leaves none of the {many(len(accounts), 'account')} of the organisation"
            self.gaps.append(Gap(f"aws:{own.id}", "nothing_found", reason, "correct --include and --exclude" if accounts else _ALONE))

    def _is_chosen(self, own: Account, listed: dict[str, Any]) -> bool:
        """Whether an account of the organisation is chosen and active; where not, it is named."""
        id_, name = str(listed.get("Id")), str(listed.get("Name", ""))
        if why := self._not_chosen(own, listed):
            self.left_out.append(LeftOut(f"aws:{id_}", name, why))
            return False
        if self.request.part is not None and (of := part_of(id_, self.request.part[1])) != self.request.part[0]:
            part, own_part = (f"{index + 1}/{self.request.part[1]}" for index in (of, self.request.part[0]))
            self.left_out.append(LeftOut(f"aws:{id_}", name, f"--part {own_part}: it is of part {part}", part))
            return False
        # State replaces Status, which ListAccounts leaves out since 9 September 2026:
        # https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
        state = str(listed.get("State") or listed.get("Status") or "ACTIVE")
        if state != "ACTIVE":
            reason = f"the account is {state.lower().replace('_', ' ')}"
            self.gaps.append(Gap(f"aws:{id_}", "account_inactive", reason, "leave it out with --exclude"))
        return state == "ACTIVE"

    def _entered(self, own: Account, id_: str, name: str) -> Account | None:
        if id_ == own.id:
            return msgspec.structs.replace(own, name=name)
        return self._assumed(f"arn:{own.partition}:iam::{id_}:role/{self.request.role_name}", name)

    def _not_chosen(self, own: Account, account: dict[str, Any]) -> str:
        """Why an account of the organisation is no part of the audit; empty where it is."""
        excluded = next((pattern for pattern in self.request.exclude if self._matches(own, account, pattern)), None)
        if excluded is not None:
            return f"--exclude {excluded}"
        if not self.request.include or any(self._matches(own, account, pattern) for pattern in self.request.include):
            return ""
        return f"no --include names it: {', '.join(self.request.include)}"

    def _matches(self, own: Account, account: dict[str, Any], wanted: str) -> bool:
        if wanted.startswith("tag:"):
            name, _, value = wanted.removeprefix("tag:").partition("=")
            return any(
                tag.get("Key") == name and fnmatch.fnmatchcase(str(tag.get("Value")), value or "*") for tag in self._tags(own, account)
            )
        if wanted.startswith(("ou-", "r-")):
            return wanted in self._units(own, str(account.get("Id")))
        return fnmatch.fnmatchcase(str(account.get("Id")), wanted)

    def _tags(self, own: Account, account: dict[str, Any]) -> list[dict[str, Any]]:
        return self._entries(own, _TAGS, {"ResourceId": account.get("Id")}, "Tags")

    def _units(self, own: Account, account: str) -> set[str]:
        """The ids of the organisational units that an account is in."""
        tree = self._tree
        if tree is None:
            return set()
        for permission in dict.fromkeys(tree.refused):
            self._cannot_choose(own, permission, "not answered")
        return {unit.id for unit in tree.above(account)}

    def _entries(self, own: Account, call: Call, parameters: dict[str, Any], field: str) -> list[dict[str, Any]]:
        try:
            return [entry for page in self.asker.pages(own, self.home, call, parameters) for entry in page.get(field, [])]
        except Refused as refused:
            self._cannot_choose(own, call.permission, refused.answer.code)
            return []

    def _cannot_choose(self, own: Account, permission: str, code: str) -> None:
        reason = f"accounts could not be chosen: {permission}: {code}"
        gap = Gap(f"aws:{own.id}", "account_failed", reason, f"grant {permission}, or choose accounts by id")
        if gap not in self.gaps:
            self.gaps.append(gap)

    def _assumed(self, role: str, name: str = "") -> Account | None:
        """The account that a role is in, entered by assuming the role."""
        account = _account_of(role)
        parameters = {"RoleArn": role, "RoleSessionName": "assay"}
        if self.request.external_id:
            parameters["ExternalId"] = self.request.external_id

        def take() -> dict[str, str]:
            answer = self.asker.ask(Account(account, name, self._own, ""), self.home, _ASSUME, parameters)
            if answer.outcome != "answered":
                raise NoRole(answer)
            credentials: dict[str, str] = answer.data["Credentials"]
            return credentials

        return self._account(account, name, Caller(assumed(take)))

    def _account(self, id_: str, name: str, caller: Caller) -> Account | None:
        """An account with the ARN of its caller; None, with a gap, where the credentials do not work."""
        answer = self.asker.ask(Account(id_, name, caller, ""), self.home, _IDENTITY, {})
        arn = answer.data.get("Arn", "") if isinstance(answer.data, dict) else ""
        if answer.outcome != "answered" or not arn:
            if answer.code == NO_ANSWER:
                reason, way = f"nothing answers: {answer.operation}: {answer.code}", "check the region, the network and AWS_ENDPOINT_URL"
            else:
                reason = f"its credentials do not work: {answer.operation}: {answer.code}"
                way = "check the role's name and trust policy, and the external id" if id_ else "log in again, or name another --profile"
            self.gaps.append(Gap(f"aws:{id_}" if id_ else "aws", "account_failed", reason, way))
            return None
        partition = arn.split(":")[1] if arn.count(":") > 4 else "aws"
        return Account(str(answer.data.get("Account", id_)), name, caller, arn, partition)

    def regions(self, account: Account) -> list[str]:
        """The regions to go through: those that were named, else those that are enabled."""
        if self.request.regions:
            return list(self.request.regions)
        answer = self.asker.ask(account, self.home, _REGIONS, {})
        regions = answer.data.get("Regions", []) if isinstance(answer.data, dict) else []
        names = sorted(str(region["RegionName"]) for region in regions if isinstance(region, dict) and region.get("RegionName"))
        return names or list(ALWAYS_ENABLED)


def _account_of(role: str) -> str:
    """The account in the ARN of a role; what is no ARN itself."""
    fields = role.split(":")
    return (fields[4] if len(fields) > 5 else "") or role
