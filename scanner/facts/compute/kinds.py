"""What runs code: who may call it, how its containers run, and whose machines it runs on, and what stays of it."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Caller(Part):
    """Who is let in to something that runs code, and how: most may call it, some roles allow more, or only to look at it."""

    known_by: ClassVar = ("name", "way")
    name: Fact[str]
    """As the policy or the binding names it: `*`, `allUsers`, `s3.amazonaws.com`; `anyone` where no one is asked."""
    way: Fact[str]
    """What lets them: the actions of a policy, the role of a binding, an address that asks nobody."""
    anyone: Fact[bool]
    """Everybody, or everybody who has an account of the provider, is meant, and no condition bounds it."""
    exposed: Fact[bool]
    """Anyone, and their calls get there: neither the ingress keeps the internet out nor does Identity-Aware Proxy ask them first."""
    any_account: Fact[bool]
    """A service of AWS that calls on behalf of whichever account tells it to: no condition bounds whose resource it is. Google: False."""


class Invocable(Resource, kw_only=True):
    """What runs code when it is called: a Lambda function, a service or a job of Cloud Run, a Cloud Function."""

    callers: Fact[list[Caller]]
    """By its own policy, its URLs and its bindings; empty where nobody is let in there, beside identities of its own account."""


class Container(Part):
    """A container of a task or a job, as its definition has it."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    read_only_root: Fact[bool]
    """Nothing can be written to the file system that comes from its image."""
    runs_as_root: Fact[bool]
    """Its user is root, by name or number. Unknown where the definition names none: the image decides."""
    privileged: Fact[bool]
    """It has the rights of root on the machine that it runs on."""


class TaskDefinition(Resource, kw_only=True):
    """What is run as a task or a job: an ECS task definition, an AWS Batch job definition with containers."""

    windows: Fact[bool]
    """Its containers are for Windows, which has neither read-only root file systems nor such users."""
    shares_processes: Fact[bool]
    """Its containers see the processes of the machine, or share memory with them: the namespace for processes or for IPC is the host's."""
    containers: Fact[list[Container]]


class Runner(Resource, kw_only=True):
    """What runs code, or starts what does: a function, a service, a machine, a group of machines."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `service`, `function`, `instance`, `group of instances`."""
    serverless: Fact[bool]
    """The provider has the machines, and patches them: Fargate, Lambda, Cloud Run."""
    by: Fact[str]
    """What it runs on, in words: `FARGATE`, `EC2`, `a machine of its own`."""


class Volume(Part):
    """Something that is mounted into what runs code."""

    known_by: ClassVar = ("name", "what")
    name: Fact[str]
    kept: Fact[bool]
    """What is written there is there when the code has ended: a file system, a disk, a folder of the machine, a bucket."""
    what: Fact[str]
    """In words."""


class Mounting(Resource, kw_only=True):
    """What runs code, with what is mounted into it: a task definition, a service, a function, a job."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    volumes: Fact[list[Volume]]


KINDS = (Invocable, TaskDefinition, Runner, Mounting)
