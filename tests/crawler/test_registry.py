"""The registry of agents in the database."""

from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import RequestFactory

from crawler import registry
from crawler.admin import AgentAdmin
from crawler.agents import shipped
from crawler.models import Agent
from datacards.models import User

pytestmark = pytest.mark.django_db


def test_migrating_loads_the_shipped_agents() -> None:
    assert Agent.objects.count() == len(shipped())
    assert Agent.objects.get(name="anthropic-ai").successor == Agent.objects.get(name="ClaudeBot")


def test_loading_twice_changes_nothing() -> None:
    assert registry.load() == (0, 0)


def test_loading_adds_what_is_missing_and_mends_what_is_stale() -> None:
    Agent.objects.filter(name="CCBot").delete()
    Agent.objects.filter(name="GPTBot").update(operator="Somebody")
    assert registry.load() == (1, 1)
    assert Agent.objects.get(name="GPTBot").operator == "OpenAI"


def test_an_edit_by_an_admin_survives_loading_until_reset(rf: RequestFactory, admin_user: User) -> None:
    agent, site, request = Agent.objects.get(name="GPTBot"), AgentAdmin(Agent, admin.site), rf.post("/")
    request.user = admin_user
    data = {"operator": "Mine", "purpose": "train", "aliases": "[]", "active": "on", "fetches": "on"}
    form = site.get_form(request, agent)(data, instance=agent)
    site.save_model(request, form.save(commit=False), form, change=True)
    assert registry.load() == (0, 0)
    assert Agent.objects.get(name="GPTBot").operator == "Mine"
    assert registry.load(reset=True) == (0, 1)


def test_the_command_tells_what_it_did() -> None:
    out = StringIO()
    call_command("load_agents", stdout=out)
    assert out.getvalue() == f"0 agents added, 0 changed; {len(shipped())} are active.\n"


def test_an_inactive_agent_is_not_on_the_roll() -> None:
    Agent.objects.filter(name="CCBot").update(active=False)
    assert "CCBot" not in registry.current_roll().names
    assert "GPTBot" in registry.current_roll().names


def test_without_any_agent_the_shipped_registry_counts() -> None:
    Agent.objects.all().delete()
    assert len(registry.active()) == len(shipped())


def test_equal_vectors_are_stored_once() -> None:
    roll = registry.stored(registry.current_roll())
    first = registry.vectors(roll, {"nn", "aa"})
    again = registry.vectors(roll, {"aa", "ss"})
    assert first["aa"] == again["aa"]
    assert len(set(first.values()) | set(again.values())) == 3
