"""What is a secret among settings, and what only looks like one."""

from __future__ import annotations

import time

import pytest

from assay.scanner.sources.secret_detecting import LONGEST, by_form, detect
from assay.scanner.sources.secret_text import without_secrets
from tests.patience import SOON

SECRETS = [
    ("DB_PASSWORD", "correct-horse-battery", "a password"),
    ("db_password", "hunter2", "a password"),
    ("dbPassword", "1234", "a password"),
    ("DB_PASSWORD", "password", "a password"),
    ("DB_PASSWORD", '"correct horse"', "a password"),
    ("DB_PASSWORD", "${DB_PASSWORD:-hunter2}", "a password"),
    ("PASSPHRASE", "/not/a/path?", None),
    ("DB_PASS", "hunter2", "a password"),
    ("smtpPass", "hunter2", "a password"),
    ("DBPASS", "hunter2", "a password"),
    ("MYSQL_PWD", "hunter2", "a password"),
    ("ADMIN_PW", "hunter2", "a password"),
    ("ENCRYPTION_KEY", "kq8sPz31xW7tyB2m", "a secret"),
    ("jwtSigningKey", "kq8sPz31xW7tyB2m", "a secret"),
    ("API_KEY", "kq8sPz31xW7ty", "a secret"),
    ("api-key", "kq8sPz31xW7ty", "a secret"),
    ("JWT_SECRET", "supersecretvalue", "a secret"),
    ("SESSION_TOKEN", "f3a9c1e07b5d4a2289", "a secret"),
    ("CLIENT_SECRET", "prod-client-secret", "a secret"),
    ("X", "AKIAQ3EGRTSNXM2FZ7PQ", "an AWS access key"),
    ("X", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "a token of GitHub"),
    ("X", "glpat-abcdefghij0123456789", "a token of GitLab"),
    ("X", "xoxb-1234567890-abcdef", "a token of Slack"),
    ("X", "sk_live_aB3dE5fG7hI9jK", "a key of Stripe"),
    ("X", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "a JSON web token"),
    ("X", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a private key"),
    ("X", '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE"}', "a private key"),
    ("X", "postgres://orders:correct-horse@db.example.com/orders", "an address with a password"),
    ("X", "Server=db;User Id=orders;Password=correct-horse;", "a connection string with a password"),
    ("X", "DefaultEndpointsProtocol=https;AccountKey=" + "aB3d" * 21 + "aB==", "a key of Azure Storage"),
    ("X", "//registry.npmjs.org/:_authToken=kq8sPz31xW7tyB2m", "a token of a package registry"),
    ("X", "Basic b3JkZXJzOmNvcnJlY3QtaG9yc2U=", "the credentials of a request"),
    ("X", "bearer kq8sPz31xW7tyB2mZ4vN9cR6", "the credentials of a request"),
]
OTHERS = [
    ("DB_PASSWORD", ""),
    ("DB_PASSWORD", "changeme"),
    ("DB_PASSWORD", "xxxxxxxx"),
    ("DB_PASSWORD", "<your password>"),
    ("DB_PASSWORD", "your-password-here"),
    ("DB_PASSWORD", "$DB_PASSWORD"),
    ("DB_PASSWORD", "${DB_PASSWORD}"),
    ("DB_PASSWORD", "prefix-${var.password}"),
    ("DB_PASSWORD", "{{resolve:secretsmanager:db:SecretString:password}}"),
    ("DB_PASSWORD", "!Ref Password"),
    ("DB_PASSWORD", "$(cat /run/secrets/db)"),
    ("DB_PASSWORD", "vault:secret/data/db#password"),
    ("DB_PASSWORD", "secret://db/password"),
    ("DB_PASSWORD", "${{ secrets.DB_PASSWORD }}"),
    ("DB_PASSWORD", "/run/secrets/db"),
    ("DB_PASSWORD", "true"),
    ("DB_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"),
    ("DB_SECRET", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"),
    ("API_KEY", "projects/p/secrets/quotes/versions/latest"),
    ("DB_SECRET", "orders/database"),
    ("BROKER_TOKEN", "broker-access-token"),
    ("PASSWORD_FILE", "secrets.txt"),
    ("PASSWORD_MIN_LENGTH", "12345"),
    ("AUTH_TOKEN_URL", "https://login.example.com/token"),
    ("API_KEY_HEADER", "x-api-key"),
    ("TOKEN_ISSUER", "accounts.example.com"),
    ("MAX_TOKENS", "4096"),
    ("SECRET_NAME", "correct-horse"),
    ("ORDER_KEY", "kq8sPz31xW7ty"),
    ("PWD", "orders"),
    ("BYPASS", "hunter2"),
    ("RENDER_PASS", "2"),
    ("DB_PASS", "orders/database"),
    ("ENCRYPTION_KEY", "alias/orders"),
    ("ENCRYPTION_KEY", "1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("SIGNING_KEY", "orders"),
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("DIGEST", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("COMMIT", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"),
    ("DATABASE_URL", "postgres://localhost:5432/orders"),
    ("DATABASE_URL", "postgres://postgres:postgres@localhost:5432/orders"),
    ("DATABASE_URL", "postgres://orders:${PASSWORD}@db.example.com/orders"),
    ("X", "Basic authentication"),
    ("X", "Basic JHtQQVNTV09SRH0="),
    ("X", "Bearer ${TOKEN}"),
    ("X", "bearer authentication-required"),
]


@pytest.mark.parametrize(("name", "value", "kind"), [secret for secret in SECRETS if secret[2]])
def test_a_secret_is_told_with_its_kind_and_place(name: str, value: str, kind: str) -> None:
    match = detect(name, value)
    assert match is not None and match.kind == kind
    assert 0 <= match.start < match.end <= len(value)
    assert value[match.start : match.end] not in repr(match).replace(kind, "")


@pytest.mark.parametrize(("name", "value"), OTHERS)
def test_what_only_looks_like_a_secret_is_none(name: str, value: str) -> None:
    assert detect(name, value) is None


@pytest.mark.parametrize("value", [value for _, value, kind in SECRETS if kind and kind not in ("a password", "a secret")])
def test_what_is_told_by_its_form_is_what_reports_hide(value: str) -> None:
    match = next(by_form(value))
    assert value[match.start : match.end] not in without_secrets(value)


def test_it_takes_time_in_proportion() -> None:
    begun = time.process_time()
    for text in ("sk-" * 40_000, "://" + ":@" * 40_000, "Password=;" * 10_000, "${" * 40_000, "eyJ" * 40_000, "a=" * 60_000):
        detect("PASSWORD", text)
        detect("X", text)
    assert time.process_time() - begun < SOON
    assert detect("X", "x" * LONGEST + "AKIAQ3EGRTSNXM2FZ7PQ") is None
