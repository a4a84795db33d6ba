"""What all pages share: who asks, what they may read, and how an act's refusal is told."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from datacards.errors import Expected, Refused
from datacards.models import Corpus, User

Record = TypeVar("Record")
UNPROCESSABLE = 422


def who(request: HttpRequest) -> User:
    """The person asking; routes for anonymous readers do not call this."""
    return cast(User, request.user)


def readable(request: HttpRequest, corpus_id: uuid.UUID) -> Corpus:
    """The corpus, if this reader may know of it; else it is not found."""
    corpora = Corpus.objects.readable_by(cast(User, request.user)).select_related("owner", "latest")
    corpus = corpora.filter(pk=corpus_id).first()
    if corpus is None:
        raise Http404
    if corpus.latest is not None:
        corpus.latest.corpus = corpus
    return corpus


def attempt(form: BaseForm, act: Callable[[], Record]) -> Record | None:
    """Do the act if the form is valid; what it refuses is told in the form, at the field where there is one."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as error:
        raise PermissionDenied(str(error)) from error
    except Expected as error:
        field, _, rest = str(error).partition(": ")
        form.add_error(*((field, rest[:1].upper() + rest[1:]) if field in form.fields else (None, str(error))))
        return None


def press(request: HttpRequest, act: Callable[[], Any], said: str) -> bool:
    """Do what a button asks for and say so; what cannot be done is said too."""
    try:
        act()
    except Refused as error:
        raise PermissionDenied(str(error)) from error
    except Expected as error:
        messages.error(request, str(error))
        return False
    messages.success(request, said)
    return True


def back_to(name: str, *args: Any) -> HttpResponse:
    """After a POST: see the page, so that reloading does nothing twice."""
    return redirect(name, *args)
