"""Secrets at rest: unreadable without the key, readable after a rotation."""

import pytest
from cryptography.fernet import Fernet

from app.domain.errors import ConfigurationError
from app.store.secrets import Cipher

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
SECRETS = {"pos.user_secret": "s3cret", "pos.auth.access_token": "пароль"}


def test_what_was_encrypted_comes_back_and_cannot_be_read_at_rest() -> None:
    token = Cipher([OLD]).encrypt(SECRETS)
    assert Cipher([OLD]).decrypt(token) == SECRETS
    assert b"s3cret" not in token
    assert b"user_secret" not in token
    assert Cipher([OLD]).encrypt(SECRETS) != token


def test_rotation_a_new_key_in_front_encrypts_and_the_old_one_still_decrypts() -> None:
    old = Cipher([OLD]).encrypt(SECRETS)
    rotated = Cipher([NEW, OLD])
    assert rotated.decrypt(old) == SECRETS
    assert Cipher([NEW]).decrypt(rotated.encrypt(SECRETS)) == SECRETS


def test_a_wrong_key_is_one_clear_line_that_names_the_setting_and_no_key() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Cipher([NEW]).decrypt(Cipher([OLD]).encrypt(SECRETS))
    assert str(caught.value).startswith("ORDER_RELAY_SECRET_KEYS: none of the keys decrypts")
    assert "\n" not in str(caught.value)
    assert NEW not in str(caught.value)


@pytest.mark.parametrize("keys", [[], ["no key"], [OLD, "bm8ga2V5"]])
def test_keys_that_are_none_are_refused_without_repeating_them(keys: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Cipher(keys)
    assert not [key for key in keys if key in str(caught.value)]


def test_a_wiped_location_has_no_secrets() -> None:
    assert Cipher([OLD]).decrypt(b"") == {}
