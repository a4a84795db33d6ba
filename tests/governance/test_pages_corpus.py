"""A corpus's page: the decision first, then card, consent, audits, lineage, access and history."""

from typing import Any

import pytest
from django.utils import timezone

from datacards.models import CardVersion, Corpus, Derivation, Grant, LicenceClaim, Run
from governance.models import Decision
from tests.factories import World, card, corpus, revision
from tests.governance.pages import Pages, words

pytestmark = pytest.mark.django_db


def card_form(of: Corpus, **changes: Any) -> dict[str, Any]:
    """What a browser sends back: the card as it stands, with some changes."""
    newest = of.cards.order_by("-number").first()
    return {path: entry["value"] for path, entry in (newest.values if newest else {}).items()} | changes


# --- the decision ------------------------------------------------------------------------------------------


def test_the_page_begins_with_the_decision_and_its_three_weightiest_reasons(world: World, steward: Pages) -> None:
    page = steward.get("corpus", world.blocked.pk)
    assert "May not be published or trained on: 5 required rules fail." in words(page)
    assert [r.result for r in page.context["reasons"]] == ["FAIL"] * 3


def test_an_approved_corpus_says_which_rules_hold(world: World, steward: Pages) -> None:
    assert "May be published and trained on: all" in steward.text("corpus", world.approved.pk)


def test_an_undecided_corpus_is_not_called_approved(world: World, steward: Pages) -> None:
    seen = steward.text("corpus", world.undecided.pk)
    assert "Nobody has decided on this corpus yet." in seen
    assert "Approved" not in seen


def test_a_decision_on_older_data_is_visibly_stale(world: World, steward: Pages) -> None:
    revision(Corpus.objects.get(pk=world.approved.pk), {"wiki.example": 10})
    assert "stale" in steward.text("corpus", world.approved.pk)


def test_each_reason_leads_to_its_evidence(world: World, steward: Pages) -> None:
    body = steward.get("corpus", world.blocked.pk).content.decode()
    assert f'/corpora/{world.blocked.pk}/consent/#shares"' in body
    assert f'/corpora/{world.blocked.pk}/#licence"' in body


def test_deciding_now_leads_to_the_decision(world: World, steward: Pages) -> None:
    response = steward.post("corpus-decide", world.undecided.pk)
    decision = Decision.objects.of(world.undecided).get()
    assert response["Location"].endswith(f"/decisions/{decision.pk}/")
    assert decision.made_by == world.steward


def test_a_reader_has_no_button_that_a_reader_may_not_press(world: World, reader: Pages) -> None:
    for tab in ("corpus", "corpus-consent", "corpus-audits", "corpus-lineage", "corpus-access"):
        forms = reader.get(tab, world.blocked.pk).content.decode().count('method="post"')
        assert forms == 1, tab  # signing out


# --- card and licence --------------------------------------------------------------------------------------


def test_a_saved_card_is_a_new_version_with_the_persons_name(world: World, steward: Pages) -> None:
    form = card_form(world.blocked, **{"overview.summary": "Pages of news sites."})
    assert steward.post("corpus-card", world.blocked.pk, **form).status_code == 302
    newest = CardVersion.objects.filter(corpus=world.blocked)[0]
    assert newest.number == 2
    assert newest.values["overview.summary"]["by"] == "stella"


def test_saving_an_unchanged_card_makes_no_version(world: World, steward: Pages) -> None:
    steward.post("corpus-card", world.blocked.pk, **card_form(world.blocked))
    assert world.blocked.cards.count() == 1


def test_a_card_that_cannot_be_used_keeps_what_was_typed_and_says_where(world: World, steward: Pages) -> None:
    form = card_form(world.blocked, **{"overview.languages": "en\x00", "overview.summary": "Kept words."})
    response = steward.post("corpus-card", world.blocked.pk, **form)
    assert response.status_code == 422
    assert "Kept words." in response.content.decode()
    assert world.blocked.cards.count() == 1


def test_leaving_a_field_saves_it_and_tells_how_much_is_filled(world: World, steward: Pages) -> None:
    form = card_form(world.blocked, **{"overview.summary": "Pages."})
    steward.client.defaults["HTTP_HX_REQUEST"] = "true"
    seen = words(steward.post("corpus-card", world.blocked.pk, **form))
    assert "saved, version 2, 9 of 10 required fields filled" in seen


def test_a_computed_value_cannot_be_typed_over(world: World, steward: Pages) -> None:
    made = card(world.derived, world.steward)
    made.values["overview.title"]["source"] = "computed"
    made.save()
    steward.post("corpus-card", world.derived.pk, **card_form(world.derived, **{"overview.title": "Mine"}))
    assert world.derived.cards.order_by("-number")[0].values["overview.title"]["value"] != "Mine"


def test_a_licence_is_stated_with_its_quote_and_the_earlier_one_stays(world: World, steward: Pages) -> None:
    form = {"expression": "CC-BY-4.0", "quote": "You may share.", "url": "https://x.example/licence"}
    assert steward.post("corpus-licence", world.blocked.pk, **form).status_code == 302
    assert [c.expression for c in world.blocked.licence_claims.order_by("id")] == ["other", "CC-BY-4.0"]
    assert "You may share." in steward.text("corpus", world.blocked.pk)


def test_a_licence_without_a_name_is_told_at_its_field(world: World, steward: Pages) -> None:
    response = steward.post("corpus-licence", world.blocked.pk, expression="", quote="Typed before.")
    assert response.status_code == 422
    assert "Typed before." in response.content.decode()
    assert LicenceClaim.objects.filter(corpus=world.blocked).count() == 1


def test_an_ambiguous_licence_is_called_open_and_not_guessed(world: World, steward: Pages) -> None:
    assert "This word leaves the licence open." in steward.text("corpus", world.blocked.pk)


def test_markup_in_a_title_is_shown_and_not_obeyed(world: World, steward: Pages) -> None:
    steward.post("corpus-describe", world.blocked.pk, title="<script>alert(1)</script>", summary="")
    assert b"<script>alert" not in steward.get("corpus", world.blocked.pk).content


# --- registering -------------------------------------------------------------------------------------------


def test_registering_starts_a_run_and_shows_it(world: World, steward: Pages, settings: Any, tmp_path: Any) -> None:
    settings.CONSENTRY_ROOTS = [str(tmp_path)]
    (tmp_path / "a.jsonl").write_text('{"url": "https://a.example/", "text": "one two"}\n')
    response = steward.post("corpus-register", location=str(tmp_path), name="harbour/new", audience="named", scan="on")
    run = Run.objects.get(kind="register", params__name="harbour/new")
    assert response["Location"] == f"/runs/{run.pk}/"
    assert run.params["then"] == ["scan"]


def test_a_location_outside_the_servers_folders_is_refused_and_what_was_typed_is_kept(
    world: World, steward: Pages, settings: Any, tmp_path: Any
) -> None:
    settings.CONSENTRY_ROOTS = [str(tmp_path)]
    response = steward.post("corpus-register", location="/etc", name="harbour/etc", audience="named", title="My title")
    assert response.status_code == 422
    assert "My title" in response.content.decode()
    assert not Run.objects.filter(params__name="harbour/etc").exists()


def test_a_missing_location_is_told_at_its_field(steward: Pages) -> None:
    response = steward.post("corpus-register", location="", name="harbour/x", audience="named")
    assert response.context["form"].errors.keys() == {"location"}


# --- consent, audits, lineage, access, history -------------------------------------------------------------


def test_consent_says_how_much_of_the_tokens_refuse_training(world: World, steward: Pages) -> None:
    assert "44.7 % of this corpus's tokens come from sites that now refuse AI training." in steward.text(
        "corpus-consent", world.blocked.pk
    )


def test_consent_of_an_earlier_day_is_shown_as_of_that_day(world: World, steward: Pages) -> None:
    day = (timezone.now() - timezone.timedelta(days=10)).date().isoformat()  # type: ignore[attr-defined]
    page = steward.get("corpus-consent", world.blocked.pk, as_of=day)
    assert "23.6 % of this corpus's tokens come from sites that refused AI training." in words(page)


def test_consent_before_the_first_crawl_is_not_known_rather_than_given(world: World, steward: Pages) -> None:
    page = steward.get("corpus-consent", world.blocked.pk, as_of="2020-01-01")
    assert "None of its sites has been asked by that day." in words(page)


def test_a_date_that_is_none_is_told_and_now_is_shown(world: World, steward: Pages) -> None:
    assert "This is no date" in steward.text("corpus-consent", world.blocked.pk, as_of="yesterday")


def test_the_sites_that_refuse_come_largest_first(world: World, steward: Pages) -> None:
    found = steward.get("corpus-consent", world.blocked.pk).context["domains"]
    assert [d.name for d in found][:2] == ["news.example", "www.daily.example"]


def test_consent_over_time_rises_when_the_news_site_changes_its_mind(world: World, steward: Pages) -> None:
    trend = steward.get("corpus-consent", world.blocked.pk).context["trend"]
    refused = [sum(p.share for p in step.parts if p.kind == "refused") for step in trend]
    assert [round(share, 3) for share in refused] == [0.236, 0.447]


def test_parts_of_every_bar_make_a_whole(world: World, steward: Pages) -> None:
    context = steward.get("corpus-consent", world.blocked.pk).context
    sums = [sum(part.share for part in bar.parts) for bar in (*context["all_agents"], *context["purposes"])]
    assert all(abs(total - 1) < 1e-9 for total in sums)


def test_asking_the_sites_twice_is_one_run(world: World, steward: Pages) -> None:
    places = [steward.post("corpus-crawl", world.derived.pk)["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert world.derived.runs.get().kind == "crawl"


def test_audits_count_by_type_and_column_and_show_no_value(world: World, steward: Pages) -> None:
    seen = steward.text("corpus-audits", world.blocked.pk)
    assert "E-mail address text validated 1,015 812" in seen
    assert "2 secrets were found" in seen


def test_a_scan_of_chosen_columns_is_started(world: World, steward: Pages) -> None:
    steward.post("corpus-scan", world.derived.pk, columns="text, title, text")
    assert world.derived.runs.get().params["columns"] == ["text", "title"]


def test_a_parent_is_recorded_by_name(world: World, steward: Pages) -> None:
    form = {"relation": "subset", "parent": "harbour/encyclopedia"}
    steward.post("corpus-lineage-add", world.undecided.pk, **form)
    assert Derivation.objects.get(child=world.undecided.revision).parent == world.approved.revision


def test_a_lineage_cannot_be_a_circle(world: World, steward: Pages) -> None:
    form = {"relation": "subset", "parent": "harbour/web-2026-filtered"}
    response = steward.post("corpus-lineage-add", world.blocked.pk, **form)
    assert response.status_code == 422
    assert "cannot be a circle" in words(response)


def test_a_hidden_parent_is_as_unknown_as_one_that_does_not_exist(world: World, steward: Pages) -> None:
    told = [
        words(steward.post("corpus-lineage-add", world.blocked.pk, relation="subset", parent=name))
        for name in ("bruno/unreleased", "bruno/nothing")
    ]
    assert told[0] == told[1]


def test_a_hidden_child_is_not_drawn(world: World, steward: Pages) -> None:
    Derivation.objects.create(child=world.hidden.revision, parent=world.blocked.revision, relation="mixed")
    assert "unreleased" not in steward.get("corpus-lineage", world.blocked.pk).content.decode()


def test_the_way_that_carries_most_refusals_is_marked(world: World, steward: Pages) -> None:
    assert b'class="edge heavy"' in steward.get("corpus-lineage", world.derived.pk).content


def test_leave_is_given_until_a_day_and_can_be_ended(world: World, steward: Pages) -> None:
    end = (timezone.now() + timezone.timedelta(days=3)).date()  # type: ignore[attr-defined]
    steward.post("corpus-grant", world.undecided.pk, username="olga", reason="Looks.", ends_at=end.isoformat())
    grant = Grant.objects.get(corpus=world.undecided)
    assert Pages(world.outsider).get("corpus", world.undecided.pk).status_code == 200
    steward.post("corpus-grant-end", world.undecided.pk, grant.pk)
    assert Pages(world.outsider).get("corpus", world.undecided.pk).status_code == 404


def test_leave_for_nobody_is_told_at_the_field(world: World, steward: Pages) -> None:
    response = steward.post("corpus-grant", world.blocked.pk, username="nobody", reason="x")
    assert "username" in response.context["grant_form"].errors


def test_only_its_steward_changes_a_corpus(world: World) -> None:
    response = Pages(world.other).post("corpus-describe", world.blocked.pk, title="Mine", summary="")
    assert response.status_code == 403
    assert "Only stella" in words(response)


def test_history_tells_runs_decisions_changes_and_cards(world: World, steward: Pages) -> None:
    seen = steward.text("corpus-history", world.blocked.pk)
    for what in ("Decided: blocked", "Consent crawl: completed", "news.example tightened", "Card saved, version 1"):
        assert what in seen


def test_a_new_corpus_of_somebody_else_is_read_but_not_changed(world: World, reader: Pages) -> None:
    made = corpus(world.other, "bruno/shared", {"news.example": 10})
    assert reader.get("corpus", made.pk).status_code == 200
    assert reader.post("corpus-crawl", made.pk).status_code == 403
