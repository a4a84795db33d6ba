"""Exchange: a corpus's card in the formats of others, out and in, with what would change and what is lost."""

import base64
import binascii
import uuid
import zlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from datacards.errors import Expected
from datacards.exchange.formats import FORMATS, format_of_file
from datacards.exchange.loss import OUTCOMES, losses
from datacards.models import CardOriginal, Corpus
from governance import exchange, exchange_acts
from governance.describe import described, exported
from governance.exchange_acts import Plan
from governance.views.corpus import tab_page
from governance.views.shared import attempt, back_to, press, readable, who

MAX_FILE = 10 << 20
DIFF_LINES = 400


class ImportForm(forms.Form):
    """A file to import: chosen, or carried along packed from its preview."""

    file = forms.FileField(label="File", required=False, help_text="A README.md from the Hub, or a croissant.json.")
    packed = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The bytes and the name of the file."""
        given = super().clean() or {}
        upload = given.get("file")
        if upload is not None and upload.size > MAX_FILE:
            raise forms.ValidationError(f"This file is larger than {MAX_FILE >> 20} MB: a card is text for people.")
        body = upload.read(MAX_FILE + 1) if upload is not None else unpacked(given.get("packed") or "")
        if not body:
            raise forms.ValidationError("Choose a file that says something.")
        name = upload.name if upload is not None else given.get("name") or ""
        return given | {"body": body, "name": name, "format": format_of_file(name, body)}


@require_GET
def corpus_exchange(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """What can be had, what would be lost, and what would change in the file that was imported."""
    return _page(request, readable(request, corpus_id))


def _page(
    request: HttpRequest, corpus: Corpus, form: ImportForm | None = None, plan: Plan | None = None, packed: str = ""
) -> HttpResponse:
    told = described(corpus, request.user)
    originals = CardOriginal.objects.filter(corpus=corpus).select_related("imported_by")[:10]
    more = {
        "formats": FORMATS.values(), "titles": {one.name: one.title for one in FORMATS.values()},
        "losses": losses(told), "outcomes": OUTCOMES, "originals": originals,
        "form": form or ImportForm(), "plan": plan, "packed": packed,
        "problems": exchange.problems(corpus, request.user, told),
    }  # fmt: skip
    return tab_page(request, corpus, "corpus-exchange", "exchange", more, form if plan is None else None)


@require_GET
def corpus_export(request: HttpRequest, corpus_id: uuid.UUID, name: str) -> HttpResponse:
    """The card in a format, as a file."""
    corpus, format_ = readable(request, corpus_id), FORMATS.get(name)
    if format_ is None:
        raise Http404
    try:
        body = exported(corpus, request.user, name)
    except Expected as error:
        messages.error(request, str(error))
        return back_to("corpus-exchange", corpus_id)
    disposition = {"Content-Disposition": f'attachment; filename="{format_.file}"'}
    charset = "; charset=utf-8" if format_.media.startswith("text/") else ""
    return HttpResponse(body, content_type=f"{format_.media}{charset}", headers=disposition)


@require_GET
def corpus_export_diff(request: HttpRequest, corpus_id: uuid.UUID, name: str) -> HttpResponse:
    """What an export would change in the file that was imported."""
    corpus = readable(request, corpus_id)
    if name not in FORMATS or not FORMATS[name].is_text:
        raise Http404
    try:
        lines = exchange.diff(corpus, request.user, name).splitlines()
    except Expected as error:
        messages.error(request, str(error))
        return back_to("corpus-exchange", corpus_id)
    shown = [(_tone(line), line) for line in lines[:DIFF_LINES]]
    more = {"format": FORMATS[name], "lines": shown, "count": len(lines), "shown": len(shown)}
    return tab_page(request, corpus, "corpus-exchange", "exchange_diff", more)


def _tone(line: str) -> str:
    if line.startswith(("+++", "---", "@@")):
        return "place"
    return {"+": "added", "-": "removed"}.get(line[:1], "same")


@require_POST
def corpus_import(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Show what a file would change; store it when that was seen and confirmed."""
    corpus, form = readable(request, corpus_id), ImportForm(request.POST, request.FILES)
    given = form.cleaned_data if form.is_valid() else {}
    file: dict[str, Any] = {key: given.get(key) for key in ("format", "body", "name")}
    if "confirm" in request.POST and form.is_valid():
        press(request, lambda: exchange_acts.import_card(who(request), corpus, **file), "The card is imported.")
        return back_to("corpus-exchange", corpus_id)
    plan = attempt(form, lambda: exchange_acts.preview(who(request), corpus, **file))
    return _page(request, corpus, form, plan, packed(given["body"]) if plan else "")


@require_GET
def registry_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The cards of all corpora that this reader may know of, as one table."""
    response = StreamingHttpResponse(exchange.registry(request.user), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registry.csv"'
    return response


def packed(body: bytes) -> str:
    """A file as a form carries it from the preview to its confirmation."""
    return base64.b85encode(zlib.compress(body, 9)).decode()


def unpacked(text: str) -> bytes:
    """The file again; empty for whatever is no such text."""
    try:
        return zlib.decompressobj().decompress(base64.b85decode(text), MAX_FILE)
    except (ValueError, binascii.Error, zlib.error):
        return b""
