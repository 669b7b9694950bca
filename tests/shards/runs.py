"""A run over small inputs of several kinds, whole and in shards."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import msgspec

from assay.scanner import targets
from assay.scanner.judge import Judged, Rules, SourceDigest
from assay.scanner.options import Options
from assay.scanner.shards.plan import ShardPlan, make
from assay.scanner.sources.interface import ALL, Share
from assay.scanner.worker.parent import judged
from tests.scans import FAILING, PASSING, UNKNOWN, write

CONTROLS = ("storage.*", "secrets.no-plaintext-in-config")
MODULE = 'module "m" {\n  source = "../modules/bucket"\n}\n'


def tree(folder: Path) -> Path:
    """Root modules that share a module, templates, and code that cannot be read."""
    roots = {f"roots/r{number}/main.tf": (FAILING, PASSING, UNKNOWN, MODULE.replace("../", "../../"))[number % 4] for number in range(9)}
    template = '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}, "AWSTemplateFormatVersion": "2010-09-09"}'
    secret = 'variable "password" {\n  default   = "hunter2-hunter2"\n  sensitive = true\n}\n' + FAILING.replace('"orders"', "var.password")
    return write(
        folder,
        {
            **roots,
            "modules/bucket/main.tf": PASSING,
            "secret/main.tf": secret,
            # Modules that call modules, some of which could be applied by themselves; what JSON and other encodings say.
            "deep/main.tf": MODULE.replace("../modules/bucket", "./inner"),
            "deep/inner/main.tf": MODULE.replace("../modules/bucket", "./more") + FAILING,
            "deep/inner/more/main.tf": PASSING,
            "unsure/main.tf": 'variable "n" {}\n' + MODULE.replace("\n}", "\n  count  = var.n\n}").replace("modules/bucket", "maybe"),
            "maybe/main.tf": FAILING,
            "round/main.tf": MODULE.replace("modules/bucket", "trip"),
            "trip/main.tf": MODULE.replace("modules/bucket", "round") + PASSING,
            "json/main.tf.json": '{"\\u006dodule": {"m": {"source": "../called"}}}',
            "called/main.tf": FAILING,
            "utf16/main.tf": MODULE.replace("modules/bucket", "elsewhere").encode("utf-16"),
            "elsewhere/main.tf": FAILING,
            "modules/bucket/examples/main.tf": MODULE.replace("../modules/bucket", "../"),
            "broken/main.tf": FAILING + "resource {{{",
            "templates/a.json": template,
            "templates/b.json": template.replace("B", "C"),
            "README.md": "Nothing to scan",
        },
    )


def options(folder: Path, **changes: Any) -> Options:
    return Options(paths=[str(folder)], controls=CONTROLS, **changes)


@functools.cache
def rules_of(given: str) -> Rules:
    return Rules(options(Path(given)))


def plan(given: Options, of: int) -> ShardPlan:
    _, gaps, listing = targets.sources(given)
    return make(given, rules_of(given.paths[0]).digest, of, listing, gaps)


def share(given: Options, part: Share = ALL) -> tuple[list[Judged], list[SourceDigest]]:
    """What a share of a run says, in this process."""
    seen: list[SourceDigest] = []
    made, _, _ = targets.sources(given)
    return list(judged(made, rules_of(given.paths[0]), given, share=part, saw=seen.append)), seen


def comparable(parts: list[Judged]) -> list[Any]:
    """What shards keep of what was judged."""
    return [msgspec.to_builtins((part.name, part.at, part.results, part.resources, part.source)) for part in parts]
