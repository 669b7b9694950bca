"""A real moto server over HTTP for the session, and estates in accounts that are nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import botocore.endpoint
import pytest

from assay.scanner.sources import pace
from assay.scanner.sources.aws.session import Clients
from tests.sources.aws.estate import HOME, Keys, seeded_account, server
from tests.sources.aws.faults import TAP, Wire


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The URL of a moto server, to which everything in these tests talks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", server())
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_REGION", HOME)
        for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_REGION"):
            patch.delenv(name, raising=False)
        yield server()


@pytest.fixture(scope="session")
def seeded(endpoint: str) -> Keys:
    """An account with something in it, for tests that only read."""
    return seeded_account()


@pytest.fixture
def acting_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Keys], Keys]:
    """Puts credentials into the environment, where the ordinary chain finds them."""

    def become(keys: Keys) -> Keys:
        for name, value in keys.environment().items():
            monkeypatch.setenv(name, value)
        return keys

    return become


@pytest.fixture
def estate(seeded: Keys, acting_as: Callable[[Keys], Keys]) -> Keys:
    """The seeded account, with its credentials in the environment."""
    return acting_as(seeded)


class Impatient(threading.Event):
    """Waits for nothing, and remembers how long it was to."""

    waited = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += timeout or 0
        return self.is_set()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Impatient:
    """No test sleeps between attempts; what is tested decides how many there are."""
    monkeypatch.setattr(botocore.endpoint, "time", type("", (), {"sleep": staticmethod(lambda _: None)}))
    monkeypatch.setattr(pace, "BURST_SECONDS", 100.0)
    return Impatient()


def _through_the_tap(clients: Clients, service: str, region: str) -> object:
    return TAP.make(clients, service, region)


@pytest.fixture
def wire(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Sees all calls, and may answer them itself."""
    TAP.wire = Wire()
    monkeypatch.setattr(Clients, "_make", _through_the_tap)
    return TAP.wire
