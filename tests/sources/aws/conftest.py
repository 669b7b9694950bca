"""A real moto server over HTTP for the session, and estates in accounts that are nobody else's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import botocore.endpoint
import pytest

from scanner.sources.aws import limits
from scanner.sources.aws.session import Clients
from tests.sources.aws.estate import HOME, Keys, account_ids, enter, seed
from tests.sources.aws.faults import TAP, Wire


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        _, port = server.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_REGION", HOME)
        for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_REGION"):
            patch.delenv(name, raising=False)
        yield f"http://127.0.0.1:{port}"
        server.stop()


@pytest.fixture(scope="session")
def _ids() -> Iterator[str]:
    return account_ids()


@pytest.fixture
def new_account(endpoint: str, _ids: Iterator[str]) -> Callable[[], Keys]:
    """Makes an empty account."""
    return lambda: enter(next(_ids), endpoint)


@pytest.fixture(scope="session")
def seeded(endpoint: str, _ids: Iterator[str]) -> Keys:
    """An account with something in it, for tests that only read."""
    keys = enter(next(_ids), endpoint)
    seed(keys)
    return keys


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
    monkeypatch.setattr(limits, "BURST_SECONDS", 100.0)
    return Impatient()


def _through_the_tap(clients: Clients, service: str, region: str) -> object:
    return TAP.make(clients, service, region)


@pytest.fixture
def wire(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Sees all calls, and may answer them itself."""
    TAP.wire = Wire()
    monkeypatch.setattr(Clients, "_make", _through_the_tap)
    return TAP.wire
