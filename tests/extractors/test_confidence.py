"""How sure a value read from paper is by itself, before Word has its say."""

import pytest

from extractors.confidence import CONFIRMED, weigh
from extractors.submission import Field
from parsers.document import Box


def weighed(value: str, kind: str = "email") -> float:
    field = Field("person", kind, value, value, 0, CONFIRMED, 1, Box(0.1, 0.1, 0.3, 0.12))  # a second reader has said the same
    return weigh([field], {kind: kind}, [])[0].confidence


@pytest.mark.parametrize("address", ["q118422@163.com", "lihua@qq.com", "wang1@126.com"])
def test_a_mail_address_with_a_sign_that_every_reader_takes_for_another_is_in_doubt_whoever_agrees(address):
    assert weighed(address) < 0.8


@pytest.mark.parametrize("address", ["11551@qq.com", "wangwu@163.com", "q0822@126.com"])
def test_a_mail_address_of_figures_alone_or_without_such_a_sign_is_sure_when_a_second_reader_agrees(address):
    assert weighed(address) == CONFIRMED
