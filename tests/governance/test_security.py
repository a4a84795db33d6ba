"""What somebody hostile tries: a site, a file, an account with few rights. Each was once shown to work."""

import base64
import io
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config

from datacards.errors import BadInput, Conflict
from datacards.locating import Location, refuse_at_once
from datacards.models import Role
from governance import acts, gunicorn_conf
from governance.stack import Home
from tests.factories import World, change, domain, person, run, snapshot
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db


def test_a_site_cannot_make_the_page_of_its_change_slow(world: World, steward: Pages) -> None:
    before = b"User-agent: *\n" + b"Disallow: /x\n" * 3000
    after = b"User-agent: *\n" + b"".join(b"Disallow: /x\nDisallow: /%d\n" % i for i in range(1500))
    site, now = domain("news.example"), timezone.now()
    moved = change(snapshot(site, before, at=now - timedelta(hours=2)), snapshot(site, after, at=now))
    began = time.process_time()
    assert steward.get("change", moved.pk).status_code == 200
    assert time.process_time() - began < 5


DAMAGED = ("[" * 3000, '[Infinity,"1",0,0]', '[1e400,"1",0,0]', '["0001-01-01T00:00:00+23:59","1",0,1]')


@pytest.mark.parametrize("cursor", DAMAGED)
@pytest.mark.parametrize("sort", ["-tokens", "-changed", "name"])
def test_a_made_up_cursor_is_told_to_be_damaged(world: World, steward: Pages, cursor: str, sort: str) -> None:
    at = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    assert steward.get("corpora", sort=sort, at=at).status_code == 400


def test_a_name_with_nul_is_nobody_s(world: World, steward: Pages) -> None:
    assert steward.client.get("/domains/%00/").status_code == 404
    assert Pages(world.admin).client.get("/people/?q=%00").status_code == 200


@pytest.mark.parametrize("wanted", ["/sign-in/", "//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_but_into_the_product(world: World, steward: Pages, wanted: str) -> None:
    assert steward.client.get("/sign-in/", {"next": wanted})["Location"] == "/"


@pytest.mark.parametrize("prefix", ["pbkdf2", "argon2", "md5"])
def test_an_admin_cannot_guess_password_hashes_by_filters(world: World, prefix: str) -> None:
    client = Client()
    client.force_login(world.admin)
    assert client.get("/admin/datacards/user/", {"password__startswith": prefix}).status_code == 400


def test_an_outsider_learns_no_name_but_of_owners_of_public_corpora(world: World) -> None:
    page = Pages(world.outsider).get("corpora").content.decode()
    assert [name for name in ("stella", "bruno", "ada", "rita") if f'value="{name}"' in page] == ["stella"]


@pytest.mark.parametrize("place", ["~nobody-here/x", "~root/x", "file:///tmp/%00x", "file://[/x"])
def test_a_location_tells_nothing_of_the_server_s_accounts(tmp_path: Path, place: str) -> None:
    with pytest.raises(BadInput):
        refuse_at_once(Location(place, roots=(str(tmp_path),)))


def test_who_may_no_longer_read_a_corpus_neither_sees_nor_repeats_the_runs_they_started_on_it(world: World) -> None:
    former = person("formerly-admin", "admin")
    old = run("crawl", "failed", former, world.hidden, 1, 2)
    former.role = Role.STEWARD
    former.save(update_fields=["role"])
    assert Pages(former).get("run", old.pk).status_code == 404
    assert Pages(former).post("run-retry", old.pk).status_code == 404
    assert not acts.drives(former, old)


def test_a_registration_asked_for_at_a_terminal_is_repeated_there_only(world: World) -> None:
    old = run("register", "failed", world.admin, world.blocked, 0, 10, params={"location": "/etc", "roots": None})
    with pytest.raises(Conflict, match="at a terminal"):
        acts.retry(world.steward, old)
    assert acts.retry(world.steward, old, wake=False, at_terminal=True).retry_of == old


def test_in_a_data_folder_that_was_open_to_all_findings_and_reports_are_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Home.at(tmp_path).prepare()
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == dict.fromkeys(
        ("log", "run", "store", "reports"), 0o700
    )


def test_no_proxy_keeps_a_page(world: World, steward: Pages) -> None:
    assert steward.get("corpora")["Cache-Control"] == "private, no-cache"
    assert "no-store" in steward.get("tokens")["Cache-Control"]


TRICK = "\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J"  # fills the clipboard, clears the screen


def test_a_title_cannot_command_the_terminal_that_shows_it(world: World) -> None:
    type(world.blocked).objects.filter(pk=world.blocked.pk).update(title=f"Harbour{TRICK}")
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("corpora", world.blocked.name, stdout=out)
    assert ("Harbour" in out.getvalue(), "\x1b" in out.getvalue(), "\x07" in out.getvalue()) == (True, False, False)


def test_a_visitor_s_address_cannot_write_lines_of_the_log(tmp_path: Path) -> None:
    config = Config()
    config.set("accesslog", str(tmp_path / "access.log"))
    config.set("access_log_format", gunicorn_conf.access_log_format)
    logger = gunicorn_conf.ReadableLogger(config)
    visit = {"PATH_INFO": f"/x{TRICK}\nforged", "REQUEST_METHOD": "GET", "RAW_URI": "", "SERVER_PROTOCOL": ""}
    answer = SimpleNamespace(status="404 Not Found", headers=[], sent=1)
    logger.access(answer, SimpleNamespace(headers=[]), visit, timedelta(0))
    written = (tmp_path / "access.log").read_text()
    assert (written.count("\n"), "%0Aforged 404" in written, "\x1b" in written) == (1, True, False)
