"""Parameters of a configuration store: what their names say, and what no case shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.facts.secrets.parameters.parameters import _of_logical_id, _subjects
from assay.scanner.run import Options, Scan
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.secret_detecting import kind_by_name, says_secret
from assay.scanner.sources.values import Value

CONTROL = "secrets.config-store-holds-no-secrets"
OPEN = Unknown("variable has no value", "pass it")


@pytest.mark.parametrize(("name", "kind"), [
    ("/trade/prod/database-password", "a password"), ("/trade/database-password/prod", "a password"), ("DB_PASSWORD", "a password"),
    ("/trade/broker/api-key", "a secret"), ("/trade/broker/apiKey", "a secret"), ("trade.broker.token", "a secret"),
    ("/trade/oauth/client-secret", "a secret"), ("/trade/signing/private_key", "a secret"),
    # What may be the name of a secret, or says whose password it is
    ("/trade/broker-secret", ""), ("/trade/broker/credentials", ""), ("/trade/database/password/master", ""),
    # What speaks of a secret
    ("/trade/token-url", ""), ("/trade/password-policy", ""), ("/trade/password/policy", ""), ("/trade/private-key-file", ""),
    ("/trade/database-password-arn", ""), ("/trade/password-min-length", ""), ("/trade/token/issuer", ""), ("/trade/password-attempts", ""),
    ("/trade/log-level", ""), ("/trade/tokens", ""), ("/trade/secretary", ""),
])  # fmt: skip
def test_what_a_name_alone_says(name: str, kind: str) -> None:
    assert [kind_by_name(subject) for subject in _subjects(Value(name))] == [kind]


@pytest.mark.parametrize(("name", "says"), [
    (Text(("/trade/", OPEN, "/database-password")), True), (Text(("/trade/database-password/", OPEN)), True),
    (Text(("/trade/", OPEN, "/log-level")), False), (OPEN, False), (Reference("aws_ssm_parameter.x", "name"), False),
    ("/trade/database/password/master", True), ("/trade/password/policy", False),
])  # fmt: skip
def test_a_name_in_part_known_says_what_it_says(name: object, says: bool) -> None:
    assert [says_secret(subject) for subject in _subjects(Value(name))] == [says]


@pytest.mark.parametrize(("address", "subject"), [
    ("AWS::SSM::Parameter.DatabasePasswordParameter", "DatabasePassword"), ("AWS::SSM::Parameter.DatabasePassword8F2A91C0", "DatabasePassword"),
    ("AWS::SSM::Parameter.Nested/LogLevelParam", "LogLevel"), ("AWS::SSM::Parameter.Orders", "Orders"),
])  # fmt: skip
def test_what_cloudformation_calls_one_without_a_name(address: str, subject: str) -> None:
    assert _of_logical_id(address) == subject


def test_a_template_makes_no_secure_string(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources:\n  P:\n    Type: AWS::SSM::Parameter\n"
        "    Properties: {Name: /trade/database-password, Type: SecureString, Value: correct-horse-battery}\n",
        encoding="utf-8",
    )
    (result,) = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL]))
    assert result.verdict == "fail"
    assert "correct-horse" not in result.message
