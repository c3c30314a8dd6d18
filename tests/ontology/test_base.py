"""The base: addresses that can be a base, and addresses that are refused."""

import pytest

from ontology.base import BASE_VARIABLE, PUBLISHED, BaseAddressError, check_base, read_base

BASES = (
    PUBLISHED,
    "http://localhost:8000/",
    "http://[::1]:8000/",
    "https://example.org/a/b%20c/~d/",
    "http://my_host/",
)
OTHERS = (
    "",
    "localhost:8000/",
    "ftp://example.org/",
    "urn:cpec:",
    "http:///",
    "http://localhost:8000",
    "http://localhost:eight/",
    "http://example.org/graph",
    "http://example.org/?q=/",
    "http://example.org/#/",
    "http://user@example.org/",
    "http://example.org/a/../",
    "http://example.org//",
    "http://example.org/a b/",
    "http://example.org/>/",
    "http://example.org/'/",
    "http://example.org/\n",
    "http://example.org/\u0645/",
)


@pytest.mark.parametrize("address", BASES)
def test_an_address_that_ends_with_a_slash_can_be_the_base(address: str) -> None:
    assert check_base(address) == address


@pytest.mark.parametrize("address", OTHERS)
def test_what_cannot_be_the_base_is_named_with_what_can(address: str) -> None:
    with pytest.raises(
        BaseAddressError, match=r"ends with a slash.*http://localhost:8000/"
    ) as caught:
        check_base(address)
    assert repr(address) in str(caught.value)


def test_the_environment_names_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, base in (("", PUBLISHED), ("http://localhost:8000/", "http://localhost:8000/")):
        monkeypatch.setenv(BASE_VARIABLE, value)
        assert read_base() == base
    monkeypatch.setenv(BASE_VARIABLE, "localhost")
    with pytest.raises(BaseAddressError):
        read_base()
