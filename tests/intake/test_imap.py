"""IMAP against a small server of our own on a real socket: what is asked, in which order, and what happens when it misbehaves."""

import re
import socketserver
import threading
import time

import pytest

from errors import SourceError, UsageError
from intake.imap import Account, Inbox, Mark, account_of, pause

ONE, TWO = b"From: a@b.cn\r\nSubject: one\r\n\r\n1\r\n", b"From: a@b.cn\r\nSubject: two\r\n\r\n\x00\xff2\r\n"


class Server(socketserver.ThreadingTCPServer):
    """Holds `mails` (UID → bytes) and notes every command; `fault` names one way to misbehave."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self, mails, validity=7, fault=""):
        self.mails, self.validity, self.fault = mails, validity, fault
        self.commands, self.seen = [], set()
        super().__init__(("127.0.0.1", 0), Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, _, command = line.strip().partition(b" ")
            self.server.commands.append(command.decode("latin-1"))
            if self.answer(command.upper(), command):
                return
            fine = b"NO Unsafe Login" if self.refused(command.upper()) else b"OK done"
            self.say(tag + b" " + fine)

    def refused(self, command):
        no_id = self.server.fault == "wants ID" and not any(each.startswith("ID") for each in self.server.commands)
        return (command.startswith(b"SELECT") and no_id) or (command.startswith(b"LOGIN") and self.server.fault == "login")

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def answer(self, command, raw):
        server = self.server
        if command == b"CAPABILITY":
            self.say(b"* CAPABILITY IMAP4REV1 ID MOVE")
        elif command.startswith(b"SELECT"):
            self.say(b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok" % (len(server.mails), server.validity))
        elif command.startswith(b"UID SEARCH"):
            first = int(re.search(rb"UID (\d+):\*", command).group(1))
            found = [uid for uid in server.mails if uid >= first] or [max(server.mails)]
            self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in found))
        elif command.startswith(b"UID FETCH"):
            uid = int(command.split()[2])
            mail = server.mails[uid]
            if b"[HEADER]" in command:
                self.wfile.write(b"* 1 FETCH (UID %d BODY[HEADER]<0> {%d}\r\n" % (uid, 27) + mail[:27] + b")\r\n")
            elif b"SIZE" in command:
                self.say(b"* 1 FETCH (UID %d RFC822.SIZE %d)" % (uid, 999999999 if server.fault == "huge" else len(mail)))
            elif server.fault == "lie":
                self.wfile.write(b"* 1 FETCH (UID %d BODY[] {99999999999}\r\n" % uid + mail)
            elif server.fault == "cut":
                self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(mail) + 50) + mail)
                return True
            else:
                self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(mail)) + mail + b")\r\n")
        elif command.startswith(b"UID STORE"):
            server.seen.add(int(command.split()[2]))
        return command == b"LOGOUT"


@pytest.fixture
def serve():
    servers = []

    def start(**options):
        servers.append(Server({3: ONE, 5: TWO}, **options))
        return servers[-1], Account("u", "127.0.0.1", servers[-1].server_address[1], security="none")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_new_mails_come_as_they_are_and_stay_unread(serve):
    server, account = serve()
    with Inbox(account, "secret", timeout=5) as inbox:
        found = list(inbox.new("INBOX", None))
    assert [(each.mark, each.data) for each in found] == [(Mark(7, 3), ONE), (Mark(7, 5), TWO)]
    assert not server.seen
    assert all("PEEK" in each for each in server.commands if "BODY" in each)


def test_only_what_is_safe_is_marked_and_nothing_is_deleted(serve):
    server, account = serve()
    with Inbox(account, "secret", timeout=5) as inbox:
        first, *_ = inbox.new("INBOX", None)
        inbox.taken(first, "已收取")
    assert server.seen == {3}
    assert 'UID MOVE 3 "&XfJlNlPW-"' in server.commands
    assert not any(word in each.upper() for each in server.commands for word in ("DELETED", "EXPUNGE"))


def test_what_was_read_is_not_read_again_until_the_uids_change_their_meaning(serve):
    _, account = serve()
    with Inbox(account, "secret", timeout=5) as inbox:
        assert [each.mark.uid for each in inbox.new("INBOX", Mark(7, 3))] == [5]
        assert list(inbox.new("INBOX", Mark(7, 5))) == []
        assert [each.mark.uid for each in inbox.new("INBOX", Mark(6, 5))] == [3, 5]


def test_we_say_who_we_are_before_a_folder_is_opened(serve):
    server, account = serve(fault="wants ID")
    with Inbox(account, "secret", timeout=5) as inbox:
        assert len(list(inbox.new("INBOX", None))) == 2
    order = [each.split()[0] for each in server.commands]
    assert order.index("ID") < order.index("SELECT")


def test_a_mail_that_is_too_large_is_named_and_the_others_go_on(serve):
    _, account = serve(fault="huge")
    with Inbox(account, "secret", timeout=5) as inbox:
        found = list(inbox.new("INBOX", None))
    assert [each.data for each in found] == [ONE[:27], TWO[:27]]
    assert all("150 MB" in (each.reason or "") for each in found)


def test_a_server_that_cuts_a_mail_short_gives_no_mail(serve):
    _, account = serve(fault="cut")
    with Inbox(account, "secret", timeout=5) as inbox, pytest.raises(SourceError):
        list(inbox.new("INBOX", None))


def test_a_server_that_lies_about_a_size_is_left_before_memory_is_taken(serve):
    _, account = serve(fault="lie")
    with Inbox(account, "secret", timeout=5) as inbox, pytest.raises(SourceError):
        list(inbox.new("INBOX", None))


def test_a_server_that_tells_of_no_news_is_simply_looked_at_again(serve):
    server, account = serve()
    with Inbox(account, "secret", timeout=5) as inbox:
        read = [arrived.mark for arrived in inbox.new("INBOX", None)]
        began = time.monotonic()
        inbox.wait(0.2, threading.Event())
        assert time.monotonic() - began >= 0.2
        server.mails[8] = ONE
        assert [arrived.data for arrived in inbox.new("INBOX", read[-1])] == [ONE]
    assert "IDLE" not in server.commands


def test_a_refused_login_says_what_to_use_and_not_the_password(serve):
    _, account = serve(fault="login")
    with pytest.raises(SourceError) as caught:
        Inbox(account, "secret", timeout=5)
    assert "授权码" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_a_source_that_cannot_be_read():
    with pytest.raises(SourceError):
        Inbox(Account("u", "127.0.0.1", 1, security="none"), "secret", timeout=2)


def test_addresses_of_mailboxes():
    account = account_of("imaps://dy%40126.com@imap.126.com/%E4%BA%94%E5%B0%8F")
    assert (account.user, account.port, account.folder, account.security) == ("dy@126.com", 993, "五小", "tls")
    assert account.source() == "imap://dy@126.com@imap.126.com/五小"
    assert [account_of(f"imap://u@{host}/").security for host in ("127.0.0.1", "elsewhere.cn")] == ["none", "starttls"]
    for wrong in ("http://x", "imaps://host/INBOX", "imaps://u:secret@host/"):
        with pytest.raises(UsageError):
            account_of(wrong)


def test_pauses_grow_to_five_minutes():
    assert [pause(n) for n in (1, 2, 8, 9, 99)] == [2, 4, 256, 300, 300]
