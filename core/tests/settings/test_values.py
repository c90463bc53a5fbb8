"""Values that operators write in words of their own: sizes, hosts, networks, names."""

import secrets
from ipaddress import ip_network

import pytest

from satchel.settings import Settings, settings_from

SECRET = secrets.token_urlsafe(48)


def of(environ: dict[str, str] | None = None, **written: object) -> Settings:
    return settings_from({"secret": SECRET, **written}, environ, "satchel.toml")


def problems_of(environ: dict[str, str] | None = None, **written: object) -> str:
    return "\n".join(map(str, of(environ, **written).problems))


@pytest.mark.parametrize(
    ("written", "expected"),
    [("100M", 100 * 2**20), ("2 GB", 2**31), ("1k", 1024), (512, 512), ("3MiB", 3 * 2**20)],
)
def test_sizes_are_read_as_operators_write_them(written, expected):
    assert expected == of(max_message_size=written).max_message_size


@pytest.mark.parametrize("written", ["", "M", "-1M", "0", 0, "1.5M", True, "1M2", "9" * 30])
def test_what_is_no_size_is_refused(written):
    assert 'it must be a size above zero such as "100M"' in problems_of(max_message_size=written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ssl://mail.example.org:9993", ("mail.example.org", 9993, "implicit")),
        ("tls://mail.example.org", ("mail.example.org", 143, "starttls")),
        ("ssl://[2001:db8::1]", ("2001:db8::1", 993, "implicit")),
        ("localhost:1143", ("localhost", 1143, "none")),
    ],
)
def test_an_imap_host_is_read_as_operators_write_it(written, expected):
    server = of(imap_host=written).imap

    assert expected == (server.host, server.port, server.tls)


@pytest.mark.parametrize(
    "written", ["::1", "http://mail", "mail:0", "mail:70000", "a b", "mail/x", "u@mail", 143, ""]
)
def test_what_is_no_mail_host_is_refused(written):
    assert '"smtp_host" in satchel.toml is ' in problems_of(smtp_host=written)


def test_the_mail_servers_know_authority_and_timeout(tmp_path):
    authority = tmp_path / "ca.pem"
    authority.write_text("")

    smtp = of(mail_ca_file=str(authority), smtp_timeout=5).smtp

    assert (str(authority), 5.0) == (smtp.ca_file, smtp.timeout)


def test_an_authority_that_is_missing_is_found(tmp_path):
    assert "there is no such file" in problems_of(mail_ca_file=str(tmp_path / "none.pem"))


def test_passwords_without_tls_over_a_network_are_a_warning():
    assert 'Write "tls://mail.example.org"' in str(of(imap_host="mail.example.org").warnings[0])
    assert of(imap_host="[::1]:143", smtp_host="127.0.0.1").warnings == ()


def test_a_proxy_list_takes_addresses_and_networks():
    listed = of(proxy_whitelist=["10.0.0.0/8", "::1"]).proxy_whitelist

    assert (ip_network("10.0.0.0/8"), ip_network("::1")) == listed


@pytest.mark.parametrize("name", ["../x", "a;b", "os.path", "", "a:b:c", "Ä", 3])
def test_what_cannot_be_the_name_of_a_plugin_is_refused(name):
    assert "it must be the name of a plugin" in problems_of(session_storage=name)


def test_the_name_of_a_plugin_is_read_in_small_letters():
    assert of(session_storage="Memcache").session_storage == "memcache"


def test_an_allow_list_takes_versions():
    (allowed,) = of(allow=["satchel-session-db>=1,<2"]).allow or ()

    assert allowed.name == "satchel-session-db"
    assert "it must list packages" in problems_of(allow=["not a package!"])
