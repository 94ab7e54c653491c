"""IMAP against Debian's own Dovecot, with TLS: what our small server in test_imap.py only plays."""

import email
import threading
import time

import pytest

from errors import SourceError
from intake.imap import Account, Inbox, LoginRefused, Mark
from tests.intake.dovecot import PASSWORD, USER, Dovecot, mail


@pytest.fixture(scope="module")
def server():
    started = Dovecot()
    yield started
    started.close()


@pytest.fixture(autouse=True)
def _empty(server):
    """No mail is left from the test before."""
    with server.client() as client:
        for folder in ("INBOX", "&XfJlNlPW-", "&g0l6P3ux-"):
            client.select(folder)
            client.uid("STORE", "1:*", "+FLAGS", r"\Deleted")
            client.expunge()


def account(server, **other):
    return Account(USER, "127.0.0.1", server.secure, **other)


def inbox(server, **other):
    return Inbox(account(server), PASSWORD, timeout=10, context=server.context(), **other)


def test_mails_come_byte_by_byte_and_stay_unread(server):
    server.deliver(mail(1), mail(2))
    with inbox(server) as box:
        found = list(box.new("INBOX", None))
    assert [each.data for each in found] == [mail(1), mail(2)]
    assert not any(r"\Seen" in flags for flags in server.flags().values())


def test_only_what_is_after_the_mark_comes_until_the_uids_change_their_meaning(server):
    server.deliver(mail(1), mail(2))
    with inbox(server) as box:
        first, second = box.new("INBOX", None)
        assert [each.data for each in box.new("INBOX", first.mark)] == [mail(2)]
        assert list(box.new("INBOX", second.mark)) == []
    server.new_validity()
    with inbox(server) as box:
        again = list(box.new("INBOX", second.mark))
    assert sorted(each.data for each in again) == [mail(1), mail(2)]
    assert again[0].mark.validity != second.mark.validity


def test_a_safe_mail_is_marked_or_moved_and_none_is_deleted(server):
    server.deliver(mail(1), mail(2))
    with inbox(server) as box:
        first, second = box.new("INBOX", None)
        assert box.taken(first)
        assert box.taken(second, "已收取")
    assert [r"\Seen" in flags for flags in server.flags().values()] == [True]
    assert [r"\Seen" in flags for flags in server.flags("&XfJlNlPW-").values()] == [True]


def test_a_mail_to_be_moved_to_a_folder_that_is_not_there_stays(server):
    server.deliver(mail(1))
    with inbox(server) as box:
        (first,) = box.new("INBOX", None)
        assert not box.taken(first, "没有这个文件夹")
    assert len(server.flags()) == 1


def test_of_a_mail_that_is_too_large_only_the_head_comes(server):
    server.deliver(mail(1, "长" * 1000), mail(2))
    with inbox(server, most_bytes=1500) as box:
        large, small = box.new("INBOX", None)
    assert large.data.endswith(b"\r\n\r\n")
    assert large.reason
    assert b"\xe9\x95\xbf" not in large.data
    assert small.data == mail(2)


def test_starttls_encrypts_the_plain_port(server):
    server.deliver(mail(1))
    where = Account(USER, "127.0.0.1", server.plain, security="starttls")
    with Inbox(where, PASSWORD, timeout=10, context=server.context()) as box:
        assert len(list(box.new("INBOX", None))) == 1
        assert box._box.client.sock.version()


def test_a_certificate_nobody_vouches_for_is_refused(server):
    with pytest.raises(SourceError, match="证书"):
        Inbox(account(server), PASSWORD, timeout=10)


def test_a_wrong_password_is_told_apart_from_a_server_that_is_away(server):
    with pytest.raises(LoginRefused, match="授权码"):
        Inbox(account(server), "wrong", timeout=20, context=server.context())


def test_a_folder_that_is_not_there_is_a_source_that_cannot_be_read(server):
    with inbox(server) as box, pytest.raises(SourceError):
        list(box.new("没有", None))


def test_idle_tells_of_a_mail_at_once_and_ends_with_stop(server):
    stop = threading.Event()
    with inbox(server) as box:
        assert list(box.new("INBOX", Mark(0, 0))) == []
        threading.Timer(0.5, server.deliver, [mail(1)]).start()
        started = time.monotonic()
        box.wait(60, stop)
        assert time.monotonic() - started < 30
        assert len(list(box.new("INBOX", None))) == 1
        threading.Timer(0.3, stop.set).start()
        box.wait(60, stop)
        assert time.monotonic() - started < 45
        assert list(box.new("INBOX", None))  # the connection is still good


def test_a_connection_that_is_cut_while_waiting_is_noticed(server):
    with inbox(server) as box:
        list(box.new("INBOX", None))
        threading.Timer(0.5, server.cut).start()
        with pytest.raises(SourceError):
            box.wait(60, threading.Event())
    with inbox(server) as box:
        assert list(box.new("INBOX", None)) == []


def test_a_draft_lies_in_the_folder_that_the_server_calls_drafts(server):
    letter = b"To: a@example.com\nSubject: =?utf-8?b?6KGl5q2j?=\n\n1\n"
    with inbox(server) as box:
        assert box.drafts() == "草稿箱"
        box.put_draft(letter, box.drafts())
    assert [r"\Draft" in flags for flags in server.flags("&g0l6P3ux-").values()] == [True]
    with inbox(server) as box:
        (found,) = box.new("草稿箱", None)
    assert email.message_from_bytes(found.data)["To"] == "a@example.com"
    assert b"\r\n\r\n1\r\n" in found.data
