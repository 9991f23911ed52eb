# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS contexts: what they trust, when they are made anew, and what is wrong with files that cannot be used."""

from __future__ import annotations

import ssl

import pytest
import trustme

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError
from ansible_collections.deskops.vdi.plugins.module_utils._tls import tls_context


@pytest.fixture(autouse=True)
def _no_store(monkeypatch):
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA(organization_name="Unit test authority")


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def trusts(context: ssl.SSLContext) -> bool:
    names = [value for ca in context.get_ca_certs() for part in ca["subject"] for _key, value in part]
    return "Unit test authority" in names


def test_default_is_the_system_store_with_all_checks():
    context = tls_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not trusts(context)


def test_same_options_share_a_context(ca_file):
    assert tls_context() is tls_context()
    assert tls_context(ca_path=ca_file) is tls_context(ca_path=ca_file)
    assert tls_context() is not tls_context(ca_path=ca_file)
    assert tls_context() is not tls_context(validate_certs=False)


def test_ssl_cert_file_is_the_store_and_makes_a_new_context(ca_file, monkeypatch):
    before = tls_context()
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)
    with_variable = tls_context()
    assert with_variable is not before
    assert trusts(with_variable)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert tls_context() is before


def test_ca_path_replaces_the_store(ca_file):
    context = tls_context(ca_path=ca_file)
    assert trusts(context)
    assert len(context.get_ca_certs()) == 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_ca_path_replaces_ssl_cert_file(ca_file, tmp_path, monkeypatch):
    other = tmp_path / "other.pem"
    trustme.CA(organization_name="Another").cert_pem.write_to_path(str(other))
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)
    context = tls_context(ca_path=str(other))
    assert not trusts(context)


def test_ca_path_may_be_a_folder(tmp_path):
    (tmp_path / "0a1b2c3d.0").touch()
    assert tls_context(ca_path=str(tmp_path)).verify_mode == ssl.CERT_REQUIRED


def test_ca_path_that_is_a_folder_of_plain_files(tmp_path):
    """OpenSSL looks for hashes in it, and would trust nobody without a word."""
    (tmp_path / "ca.pem").touch()
    with pytest.raises(BadInputError, match="rehash"):
        tls_context(ca_path=str(tmp_path))


def test_without_validation():
    context = tls_context(validate_certs=False)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


def test_ca_path_that_is_missing(tmp_path):
    path = str(tmp_path / "none.pem")
    with pytest.raises(BadInputError, match="ca_path") as caught:
        tls_context(ca_path=path)
    assert path in str(caught.value)
    assert "No such file" in str(caught.value)


def test_ca_path_that_is_no_pem(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("no certificate", encoding="utf-8")
    with pytest.raises(BadInputError, match="ca_path"):
        tls_context(ca_path=str(path))


def test_client_certificate(authority, tmp_path):
    issued = authority.issue_cert("client@example.test")
    cert, key, both = (str(tmp_path / name) for name in ("cert.pem", "key.pem", "both.pem"))
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    issued.private_key_and_cert_chain_pem.write_to_path(both)
    assert tls_context(client_cert=cert, client_key=key) is not tls_context(client_cert=both)


def test_client_certificate_with_another_key(authority, tmp_path):
    cert, key = (str(tmp_path / name) for name in ("cert.pem", "key.pem"))
    authority.issue_cert("client@example.test").cert_chain_pems[0].write_to_path(cert)
    authority.issue_cert("other@example.test").private_key_pem.write_to_path(key)
    with pytest.raises(BadInputError, match="client_cert") as caught:
        tls_context(client_cert=cert, client_key=key)
    for part in ("client_key", cert, key, "belonging"):
        assert part in str(caught.value)


def test_client_certificate_that_is_missing(tmp_path):
    with pytest.raises(BadInputError, match="No such file"):
        tls_context(client_cert=str(tmp_path / "none.pem"))


def test_client_key_that_is_encrypted_asks_nobody(authority, tmp_path):
    from cryptography.hazmat.primitives import serialization

    issued = authority.issue_cert("client@example.test")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(str(cert))
    loaded = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    key.write_bytes(
        loaded.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"pass phrase"),
        )
    )
    with pytest.raises(BadInputError, match="not encrypted"):
        tls_context(client_cert=str(cert), client_key=str(key))
