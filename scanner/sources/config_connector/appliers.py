"""What objects of Flux and Argo CD have Kustomize do to the manifests that they apply, in the words of a kustomization.

https://fluxcd.io/flux/components/kustomize/kustomizations/, https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_FLUX, _ARGO = "kustomize.toolkit.fluxcd.io/", "argoproj.io/"
_OF_FLUX = ("patches", "patchesStrategicMerge", "patchesJson6902", "namePrefix", "nameSuffix", "images", "components")


def applied(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of one object; nothing where it is of another kind."""
    version, spec = str(data.get("apiVersion")), data.get("spec")
    if isinstance(spec, dict) and version.startswith(_FLUX) and data.get("kind") == "Kustomization":
        yield _of_flux(spec)
    if isinstance(spec, dict) and version.startswith(_ARGO) and data.get("kind") in ("Application", "ApplicationSet"):
        yield from _of_argo(spec)


def _of_flux(spec: dict[str, Any]) -> dict[str, Any]:
    common = _map(spec.get("commonMetadata"))
    fields = {name: spec.get(name) for name in _OF_FLUX}
    return fields | {
        "namespace": spec.get("targetNamespace"),
        "commonLabels": common.get("labels"),
        "commonAnnotations": common.get("annotations"),
    }


def _of_argo(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for within in (spec, _map(_map(spec.get("template")).get("spec"))):
        sources = within.get("sources")
        for source in (within.get("source"), *(sources if isinstance(sources, list) else ())):
            if fields := _map(_map(source).get("kustomize")):
                yield {name: value for name, value in fields.items() if name not in _OF_ARGO_ALONE}


_OF_ARGO_ALONE = ("version", "forceCommonLabels", "forceCommonAnnotations", "commonAnnotationsEnvsubst", "labelWithoutSelector")
"""Settings of Argo CD that change nothing by themselves."""


def _map(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
