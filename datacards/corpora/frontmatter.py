"""What the README.md of a dataset says at its top, in YAML, the Hugging Face way: what registration takes from it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from typing import Any

from datacards.corpora.files import MAX_NAME, Ignored, why_ignored
from datacards.errors import BadInput
from datacards.plainyaml import mapping, split

CARD_NAME = "README.md"
MAX_CARD = 1 << 20
MAX_PATTERNS = 500
TITLE = re.compile(r"^#[ \t]+(?P<title>\S.*)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"\[more information needed]", re.IGNORECASE)


@dataclass(frozen=True)
class About:
    """What a card says of its data; empty where it is silent."""

    licence: str = ""
    title: str = ""
    summary: str = ""
    languages: tuple[str, ...] = ()
    metadata: tuple[tuple[str, Any], ...] = ()  # the YAML as it is, for `patterns_of`


def read_about(card: str, where: str = CARD_NAME) -> About:
    """Reads a card's text; raises `BadInput` if its front matter is no plain YAML mapping."""
    metadata = _metadata(card, where)
    body = split(card).body
    title = metadata.get("pretty_name") or _title(body)
    return About(
        licence=_licence(metadata),
        title=_line(title, 300),
        summary=_summary(body),
        languages=tuple(_words(metadata.get("language"))),
        metadata=tuple(metadata.items()),
    )


def patterns_of(about: About, config: str, where: str) -> list[str] | None:
    """The glob patterns of the data files of one configuration; None where the card names none (all data counts).

    Without a name: the one marked or named default, or the only one.
    """
    configs = [c for c in _listed(dict(about.metadata).get("configs")) if isinstance(c, dict)]
    if not configs:
        if config:
            raise BadInput(f"{where} names no configurations, so there is none called {config}: leave it out.")
        return None
    chosen = _chosen(configs, config, where)
    patterns = list(_paths(chosen.get("data_files")))
    folder = chosen.get("data_dir")
    if not patterns and isinstance(folder, str):
        patterns = [f"{folder.strip('/')}/**"]
    for pattern in patterns:
        refuse_escape(pattern, where)
    return patterns or None


def matching(names: list[str], patterns: list[str], where: str) -> list[str]:
    """The names that match any of the patterns; each pattern must match something."""
    taken, known = set[str](), set(names)
    wild = [pattern for pattern in patterns if pattern not in known]
    if len(wild) > MAX_PATTERNS or any(len(pattern) > MAX_NAME for pattern in wild):
        raise BadInput(f"{where} names more than {MAX_PATTERNS} patterns of data files, or overlong ones: give fewer.")
    paths = [(name, name.split("/")) for name in names] if wild else []
    for pattern in (pattern.removeprefix("./") for pattern in patterns):
        parts = _glob(pattern) if pattern not in known else []
        found = {name for name, path in paths if _fits(path, parts)} if parts else {pattern}
        if not found:
            raise BadInput(f"{where} names the data files {pattern}, but there are none: mend its data_files.")
        taken |= found
    return [name for name in names if name in taken]


def _glob(pattern: str) -> list[re.Pattern[str] | None]:
    """An expression for each part of a path; None stands for `**`. These expressions never go back on a `*`."""
    parts = pattern.split("/")
    more = ["*"] if parts[-1] == "**" else []  # what ends so names what is below, not the folder itself
    return [None if part == "**" else re.compile(translate(part)) for part in parts + more]


def _fits(path: Sequence[str], parts: Iterable[re.Pattern[str] | None]) -> bool:
    """Whether a pattern matches a path, in time linear in both: how many folders may be passed after each part."""
    passed = {0}
    for part in parts:
        if part is None:
            passed = set(range(min(passed), len(path) + 1)) if passed else passed
        else:
            passed = {at + 1 for at in passed if at < len(path) and part.match(path[at])}
    return len(path) in passed


def choose_data(names: Iterable[str], card: str, config: str = "") -> tuple[list[str], tuple[Ignored, ...]]:
    """Which of the files found are the data, by their names and by the card; and the others, each with the reason."""
    found = sorted(names)
    data = [name for name in found if why_ignored(name) is None]
    patterns = patterns_of(read_about(card), config, CARD_NAME)
    taken = data if patterns is None else matching(data, patterns, CARD_NAME)
    kept = set(taken)
    left = (name for name in found if name not in kept)
    return taken, tuple(Ignored(name, why_ignored(name) or f"not named by {CARD_NAME}") for name in left)


def refuse_escape(path: str, where: str) -> None:
    """Raise `BadInput` for a path that leads out of the folder it belongs to."""
    if path.startswith(("/", "~")) or "://" in path or "\\" in path or ".." in path.split("/") or "\0" in path:
        raise BadInput(f"{where} names the path {path[:200]!r}, which leads out of its folder: use paths below it.")


def text_of_card(body: bytes) -> str:
    """A card's text; raises `BadInput` if it is too large or not UTF-8."""
    if len(body) > MAX_CARD:
        raise BadInput(f"{CARD_NAME} is larger than {MAX_CARD >> 20} MB: a card is text for people, so shorten it.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{CARD_NAME} is not UTF-8: save it in that encoding.") from None


def _metadata(card: str, where: str) -> dict[str, Any]:
    return mapping(split(card).yaml, where)


def _licence(metadata: dict[str, Any]) -> str:
    """The licence ids, joined by AND: a list on the Hub means that parts have different ones."""
    ids = _words(metadata.get("license", metadata.get("licence")))
    names = _words(metadata.get("license_name"))
    if ids == ["other"] and names:
        ids = names
    return _line(" AND ".join(ids), 500)


def _chosen(configs: list[dict[str, Any]], config: str, where: str) -> dict[str, Any]:
    named = {str(c.get("config_name", "default")): c for c in configs}
    if config:
        if config not in named:
            raise BadInput(f"{where} has no configuration {config}: choose one of {', '.join(named)}.")
        return named[config]
    default = [c for c in configs if c.get("default") is True] or [c for n, c in named.items() if n == "default"]
    if default or len(configs) == 1:
        return (default or configs)[0]
    raise BadInput(f"{where} has several configurations and no default: choose one of {', '.join(named)}.")


def _paths(data_files: Any) -> Iterator[str]:
    """The patterns in any of the forms that Hugging Face allows: text, list, split → paths, list of splits."""
    if isinstance(data_files, str):
        yield data_files
    elif isinstance(data_files, dict):
        inner = data_files.values() if "path" not in data_files else [data_files["path"]]
        for value in inner:
            yield from _paths(value)
    elif isinstance(data_files, list):
        for value in data_files:
            yield from _paths(value)


def _title(body: str) -> str:
    found = TITLE.search(body)
    return found["title"].rstrip().rstrip("#") if found else ""


def _without_comments(body: str) -> str:
    """The text without its complete HTML comments."""
    kept, at = [], 0
    while (start := body.find("<!--", at)) >= 0 and (end := body.find("-->", start)) >= 0:
        kept.append(body[at:start])
        at = end + 3
    return "".join([*kept, body[at:]])


def _summary(body: str) -> str:
    """The first paragraph that is neither a heading, a table, an image nor a template's placeholder."""
    for paragraph in re.split(r"\n\s*\n", PLACEHOLDER.sub("", _without_comments(body))):
        text = " ".join(line for line in paragraph.splitlines() if not line.lstrip().startswith(("#", "|", "!", "<")))
        if len(text.strip()) > 20:
            return _line(text, 1000)
    return ""


def _line(value: Any, longest: int) -> str:
    text = " ".join(str(value or "").replace("\0", "").split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _words(value: Any) -> list[str]:
    return [str(one).strip() for one in _listed(value) if isinstance(one, str | int | float) and str(one).strip()]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
