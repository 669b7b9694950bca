"""Measures the reading of a large asset export against decoding its JSON alone, in processes of their own.

    python bench/assets.py [--assets N] [--runs N]

Prints a Markdown table. The limits: peak memory below 500 MB, and at least 60 % of the throughput of msgspec on the same file.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
MAX_MEGABYTES, SHARE = 500, 0.6
PER_PROJECT = 1_000
# Each in a process of its own, which prints the CPU seconds of the work itself and its peak memory in MB.
DECODE = """
import msgspec, sys
decode = msgspec.json.Decoder().decode
started = process_time()
for path in sys.argv[1:]:
    with open(path, "rb") as opened:
        for line in opened:
            decode(line)
"""
COLLECT = """
import gc, sys
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.sources import inputs
from assay.scanner.sources.gcp.assets import AssetSource
from assay.scanner.sources.interface import Wanted
gc.set_threshold(100_000, 50, 50)  # as the assay command does
source = AssetSource(sys.argv[1:])
wanted = Wanted(catalogue(*inputs.readers(source.input)).read_types)
started = process_time()
items = [item for collection in source.collect(wanted) for item in collection.items]
assert items
"""
TOUCH = """
for item in items:
    item["name"], item["#iam_policy.bindings"]
"""
BEFORE = "from time import process_time"
AFTER = "import resource; print(process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"


def asset(index: int, dice: random.Random, projects: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The resource and, of some, the IAM policy of one asset. Two thirds are of types that no reader knows."""
    number = index % projects
    project = f"streamer-{number:03}"
    ancestors = [f"projects/{100_000_000_000 + number}", f"folders/{900 + number // 10}", "organizations/42"]
    labels = {f"label-{number}": f"value-{dice.randrange(1000)}" for number in range(6)}
    times = {"createTime": "2025-03-01T10:00:00.000Z", "updateTime": "2025-11-01T10:00:00.000Z"}
    kind = index % 12
    if kind == 0:
        name, type_ = f"//storage.googleapis.com/bucket-{index}", "storage.googleapis.com/Bucket"
        data: dict[str, Any] = {
            "name": f"bucket-{index}", "location": "EUROPE-WEST1", "storageClass": "STANDARD", "versioning": {"enabled": True},
            "encryption": {"defaultKmsKeyName": f"projects/{project}/locations/europe-west1/keyRings/r/cryptoKeys/k-{index % 50}"},
            "iamConfiguration": {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": True}},
            "lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}] * 2}, "labels": labels, "acl": [], "owner": {},
        }  # fmt: skip
    elif kind == 1:
        name = f"//cloudkms.googleapis.com/projects/{project}/locations/europe-west1/keyRings/r/cryptoKeys/k-{index}"
        type_ = "cloudkms.googleapis.com/CryptoKey"
        version = {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "HSM", "state": "ENABLED", **times}
        data = {"name": name[26:], "purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "7776000s", "primary": version, "labels": labels}
    elif kind == 2:
        name, type_ = f"//compute.googleapis.com/projects/{project}/global/firewalls/f-{index}", "compute.googleapis.com/Firewall"
        data = {
            "name": f"f-{index}", "direction": "INGRESS", "priority": 1000, "sourceRanges": [f"10.{second}.0.0/16" for second in range(20)],
            "network": f"https://www.googleapis.com/compute/v1/projects/{project}/global/networks/n", "disabled": False,
            "allowed": [{"IPProtocol": "tcp", "ports": ["443"]}], "logConfig": {"enable": True}, "targetTags": list(labels),
        }  # fmt: skip
    elif kind == 3:
        name = f"//secretmanager.googleapis.com/projects/{ancestors[0][9:]}/secrets/s-{index}"
        type_ = "secretmanager.googleapis.com/Secret"
        data = {"name": name[31:], "replication": {"automatic": {}}, "labels": labels, "annotations": labels, **times}
    else:
        name, type_ = f"//compute.googleapis.com/projects/{project}/zones/europe-west1-b/disks/d-{index}", "compute.googleapis.com/Disk"
        data = {
            "name": f"d-{index}", "sizeGb": "100", "type": f"https://www.googleapis.com/compute/v1/projects/{project}/zones/z/diskTypes/x",
            "users": [f"https://www.googleapis.com/compute/v1/projects/{project}/zones/z/instances/i-{number}" for number in range(5)],
            "labels": labels, "guestOsFeatures": [{"type": feature} for feature in ("UEFI_COMPATIBLE", "GVNIC", "SEV_CAPABLE")], **times,
        }  # fmt: skip
    head = {"name": name, "asset_type": type_, "ancestors": ancestors, "update_time": "2025-11-01T10:00:00Z"}
    parent = f"//cloudresourcemanager.googleapis.com/{ancestors[0]}"
    resource = {"version": "v1", "discovery_name": type_.partition("/")[2], "parent": parent, "location": "europe-west1", "data": data}
    bindings = [{"role": "roles/viewer", "members": [f"user:{number}@example.com" for number in range(8)]}]
    return {**head, "resource": resource}, ({**head, "iam_policy": {"bindings": bindings}} if kind < 2 else None)


def write(folder: Path, assets: int) -> list[Path]:
    """An export of RESOURCE content in shards, and one of IAM_POLICY content, over projects that are all as large."""
    dice, projects = random.Random(7), max(1, assets // PER_PROJECT)
    folder.mkdir(parents=True, exist_ok=True)
    shards = [folder / f"resource-{number:05}" for number in range(8)]
    policies = folder / "iam-policy-00000"
    opened = [path.open("w") for path in shards]
    with policies.open("w") as second:
        for record in _projects(projects):
            opened[0].write(json.dumps(record) + "\n")
        for number in range(assets):
            resource, policy = asset(number, dice, projects)
            opened[number % len(opened)].write(json.dumps(resource) + "\n")
            if policy:
                second.write(json.dumps(policy) + "\n")
    for file in opened:
        file.close()
    return [*shards, policies]


def _projects(projects: int) -> Iterator[dict[str, Any]]:
    for number in range(projects):
        name = f"projects/{100_000_000_000 + number}"
        data = {"projectId": f"streamer-{number:03}", "projectNumber": name[9:], "lifecycleState": "ACTIVE"}
        yield {
            "name": f"//cloudresourcemanager.googleapis.com/{name}", "asset_type": "cloudresourcemanager.googleapis.com/Project",
            "ancestors": [name, f"folders/{900 + number // 10}", "organizations/42"],
            "resource": {"version": "v1", "data": data}, "iam_policy": {"bindings": []},
        }  # fmt: skip


def measure(programs: Sequence[str], paths: Sequence[str], runs: int) -> list[tuple[float, float]]:
    """(CPU seconds, peak MB) of each program: the best of several runs in turn, since other work on the machine only ever adds."""
    measured: list[list[tuple[float, float]]] = [[] for _ in programs]
    for _ in range(runs):
        for index, program in enumerate(programs):
            code = f"{BEFORE}\n{program}\n{AFTER}"
            output = subprocess.run([sys.executable, "-c", code, *paths], cwd=TOP, check=True, capture_output=True, text=True).stdout
            seconds, peak = map(float, output.split())
            measured[index].append((seconds, peak))
    return [(min(of_program)[0], max(peak for _, peak in of_program)) for of_program in measured]


def scan(folder: Path) -> tuple[float, float]:
    """(CPU seconds, peak MB) of a whole scan."""
    command = [sys.executable, "-m", "assay", "scan", "--no-config", "-r", f"json={folder.parent}/out.json", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=TOP)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 1, 3)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run(assets: int, runs: int) -> bool:
    """Print the table; whether the limits are kept."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        folder = Path(scratch) / "export"
        paths = [str(path) for path in write(folder, assets)]
        size = sum(os.path.getsize(path) for path in paths) / 1e6
        (bare, _), (ours, peak), (touched, _) = measure([DECODE, COLLECT, COLLECT + TOUCH], paths, runs)
        whole, whole_peak = scan(folder)
    print(f"{assets:,} assets, {size:.0f} MB\n\n| | CPU s | peak MB |\n| --- | --- | --- |")
    print(f"| JSON decoded by msgspec, no more | {bare:.2f} | |")
    print(f"| read into items | {ours:.2f} | {peak:.0f} |")
    print(f"| and every asset of a known type decoded | {touched:.2f} | |")
    print(f"| whole scan, all controls, JSON report | {whole:.1f} | {whole_peak:.0f} |")
    print(f"\nReading has {bare / ours:.0%} of the throughput of decoding (at least {SHARE:.0%});")
    print(f"its peak is {peak:.0f} MB, that of a whole scan {whole_peak:.0f} MB (below {MAX_MEGABYTES}).")
    return bare / ours >= SHARE and max(peak, whole_peak) < MAX_MEGABYTES


def _argument(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


if __name__ == "__main__":
    sys.exit(0 if run(_argument("--assets", 200_000), _argument("--runs", 3)) else 1)
