"""Inputs that cannot be registered. Each maker writes one below a folder and says how it is asked for."""

import gzip
import json
import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SECRET = "Jane Roe of 7 Elm Street"  # no sentence may repeat what the data says
URL = "https://www.example.com/a"
GOOD = {"url": URL, "text": SECRET}
LINE = json.dumps(GOOD).encode() + b"\n"
GIGABYTE = 1 << 30

Maker = Callable[[Path], dict[str, Any] | None]
MAKERS: dict[str, tuple[Maker, str]] = {}


def bad(names: str, called: str = "") -> Callable[[Maker], Maker]:
    """Register a maker; its sentence must hold `names` (a file, a column, a place)."""

    def add(maker: Maker) -> Maker:
        MAKERS[called or maker.__name__] = (maker, names)
        return maker

    return add


def bytes_of(name: str, body: bytes, what: str, **chosen: str) -> None:
    """A file with this body is bad."""

    def make(folder: Path) -> dict[str, Any]:
        (folder / name).write_bytes(body)
        return {"location": folder / name, **chosen}

    bad(name, what)(make)


def parquet_of(table: pa.Table, what: str, names: str = "x.parquet", **chosen: str) -> None:
    """A Parquet file of this table is bad."""

    def make(folder: Path) -> dict[str, Any]:
        pq.write_table(table, folder / "x.parquet")
        return {"location": folder / "x.parquet", **chosen}

    bad(names, what)(make)


def place(location: str, what: str, names: str, **more: Any) -> None:
    """This location is bad."""
    bad(names, what)(lambda folder: {"location": location.replace("FOLDER", str(folder)), **more})


def parquet_bytes(rows: int = 2000) -> bytes:
    chance = random.Random(1)
    texts = [f"{chance.random()} {SECRET}" for _ in range(rows)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"url": [URL] * rows, "text": texts}), sink, row_group_size=500, compression="snappy")
    return bytes(sink.getvalue())


def scrambled(body: bytes) -> bytes:
    """The same length, its pages damaged."""
    chance = random.Random(2)
    damaged = bytearray(body)
    for place in range(4, len(body) // 2, 50):
        damaged[place] = chance.randrange(256)
    return bytes(damaged)


def not_utf8() -> pa.Array:
    """A string array that lies."""
    offsets = pa.py_buffer(bytes([0, 0, 0, 0, 4, 0, 0, 0]))
    return pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"a\xff\xfeb")])


# --- Parquet -----------------------------------------------------------------------------------------------

BODY = parquet_bytes()
bytes_of("x.parquet", b"", "an empty file")
bytes_of("x.parquet", b"url,text\n", "text called Parquet")
bytes_of("x.parquet", BODY[: len(BODY) // 2], "a truncated Parquet file")
bytes_of("x.parquet", scrambled(BODY), "Parquet with damaged pages")
bytes_of("x.parquet", BODY[:-40] + b"\xff" * 32 + BODY[-8:], "Parquet with a damaged footer")
bytes_of("x.parquet", b"PAR1" + b"\xff\xff\xff\x7f" + b"PAR1", "Parquet whose footer is longer than it")
parquet_of(pa.table({"url": pa.array([], pa.string()), "text": pa.array([], pa.string())}), "Parquet without rows")
parquet_of(pa.table({}), "Parquet without columns")
parquet_of(pa.table({"text": [SECRET], "n": [1]}), "a URL column missing")
parquet_of(pa.table({"url": [URL], "n": [1]}), "a text column missing")
parquet_of(pa.table({"url": [URL], "text": [1]}), "numbers for texts", text_column="text")
parquet_of(pa.table({"url": [1], "text": [SECRET]}), "numbers for URLs", url_column="url")
parquet_of(pa.table({"url": [URL], "text": [[SECRET]]}), "lists for texts", text_column="text")
parquet_of(pa.table({"url": [URL], "text": [{"a": SECRET}]}), "structs for texts", text_column="text")
parquet_of(pa.table({"url": [[None, URL]], "text": [SECRET]}), "nested nulls for URLs", url_column="url")
parquet_of(pa.table({"url": pa.array([None, None], pa.string()), "text": [SECRET] * 2}), "only nulls for URLs", "url")
parquet_of(
    pa.table({"meta": pa.array([None, {"url": None}], pa.struct([("url", pa.string())])), "text": [SECRET] * 2}),
    "nulls inside nulls for URLs",
    "meta.url",
)
parquet_of(pa.table({"url": [URL], "text": [b"\xff\xfe" + SECRET.encode()]}), "bytes that are no text")
parquet_of(pa.table({"url": [URL], "text": not_utf8()}), "strings that are not UTF-8")
parquet_of(pa.Table.from_arrays([pa.array([URL])] * 2 + [pa.array([SECRET])], ["url", "url", "text"]), "a name twice")
parquet_of(pa.table(GOOD | {"url": [URL], "text": [SECRET]}), "a column chosen that is not there", url_column="link")
parquet_of(pa.table({"url": ["no address"] * 3, "text": [SECRET] * 3}), "no web address in any row", "url")


@bad("b.parquet")
def a_column_missing_in_one_file_of_many(folder: Path) -> None:
    pq.write_table(pa.table({"url": [URL], "text": [SECRET]}), folder / "a.parquet")
    pq.write_table(pa.table({"url": [URL], "body": [SECRET]}), folder / "b.parquet")


@bad("b.jsonl")
def a_field_missing_in_one_file_of_many(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(MANY)
    (folder / "b.jsonl").write_bytes(MANY.replace(b'"text"', b'"body"'))


@bad("b.csv")
def a_header_missing_in_one_file_of_many(folder: Path) -> None:
    (folder / "a.csv").write_bytes(HEAD + ROW)
    (folder / "b.csv").write_bytes(b"url,body\n" + ROW)


# --- JSON Lines --------------------------------------------------------------------------------------------


def lines_of(body: bytes, what: str, **chosen: str) -> None:
    bytes_of("x.jsonl", body, what, **chosen)


MANY = LINE * 300
lines_of(MANY + b'{"url": "x", "text": oops}\n', "a line of broken JSON")
lines_of(json.dumps([GOOD]).encode(), "a JSON array")
lines_of(json.dumps(GOOD, indent=2).encode(), "a JSON document over many lines")
lines_of(b"null\n" + MANY, "a line that is null")
lines_of(MANY + b"null\n" + MANY, "a later line that is null")
lines_of(MANY + b'7\n"x"\n', "lines that are no objects")
lines_of(MANY + b'{"url": "x", "text": "a", "text": "b"}\n', "a key twice in a record")
lines_of(MANY + b'{"url": "x", "text": 7}\n', "a text that becomes a number")
lines_of(MANY + b'{"url": "x", "text": {"a": 1}}\n', "a text that becomes an object")
lines_of(MANY + b'{"url": "x", "text": "\xff\xfe"}\n', "a line that is not UTF-8")
lines_of(json.dumps(GOOD).encode("utf-16"), "JSON in UTF-16")
lines_of(MANY + LINE[:-20], "a last line that is cut off")
lines_of(MANY + b'{"url": "x", "text": "a\0b"}\n', "a NUL byte in JSON")
lines_of(b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n", "JSON of great depth")
lines_of(b"\n \n\n", "only blank lines")
lines_of(b'{"url": "x", "text": 1e999}\n', "a number beyond all measure")
bytes_of("x.jsonl.gz", gzip.compress(MANY)[:-20], "a truncated gzip file")
bytes_of("x.jsonl.gz", gzip.compress(MANY) + b"garbage", "gzip followed by garbage")
bytes_of("x.jsonl.gz", MANY, "plain text called gzip")
bytes_of("x.jsonl.gz", gzip.compress(b""), "gzip of nothing")
bytes_of("x.jsonl.zst", b"\x28\xb5\x2f\xfd" + b"\0" * 40, "damaged zstd")
bytes_of("x.jsonl.zst", MANY, "plain text called zstd")


@bad("x.jsonl.zst")
def a_truncated_zstd_file(folder: Path) -> dict[str, Any]:
    body = pa.Codec("zstd").compress(MANY, asbytes=True)
    (folder / "x.jsonl.zst").write_bytes(body[:-10])
    return {"location": folder / "x.jsonl.zst"}


def members(path: Path, *bodies: tuple[bytes, int]) -> None:
    """A gzip file of members, each repeated: gigabytes in an instant."""
    with path.open("wb") as file:
        for body, times in bodies:
            file.write(gzip.compress(body, 1) * times)


@bad("x.jsonl.gz")
def a_line_of_a_gigabyte_in_gzip(folder: Path) -> None:
    members(folder / "x.jsonl.gz", (b'{"url": "x", "text": "', 1), (b"a" * (1 << 24), GIGABYTE >> 24), (b'"}\n', 1))


@bad("x.jsonl")
def a_line_of_a_gigabyte(folder: Path) -> None:
    with (folder / "x.jsonl").open("wb") as file:
        file.write(MANY + b'{"url": "')
        file.truncate(GIGABYTE)  # a hole of zeros, which takes no place


@bad("x.csv.gz")
def a_record_of_a_gigabyte(folder: Path) -> None:
    members(folder / "x.csv.gz", (b"url,text\nx,y\n" * 1 + b'x,"', 1), (b"a " * (1 << 23), GIGABYTE >> 24))


@bad("x.jsonl.gz")
def a_zip_bomb(folder: Path) -> None:
    members(folder / "x.jsonl.gz", (MANY, 1), (b"\n" * (1 << 24), 64))


# --- CSV ---------------------------------------------------------------------------------------------------

HEAD = b"url,text\n"
ROW = f"{URL},{SECRET}\n".encode()
bytes_of("x.csv", HEAD + ROW * 300 + b"a,b,c\n", "a ragged record")
bytes_of("x.csv", HEAD + ROW * 300 + b"a\n", "a record that is too short")
bytes_of("x.csv", HEAD + ROW * 300 + b"a,caf\xe9\n", "CSV in Latin-1")
bytes_of("x.csv", (HEAD + ROW).decode().encode("utf-16"), "CSV in UTF-16")
bytes_of("x.csv", HEAD, "a header alone")
bytes_of("x.csv", HEAD + ROW * 300 + b'a,"cut', "CSV cut off inside quotes")
bytes_of("x.csv", b"url,text,url\n" + b"a,b,c\n", "a header with a name twice")
bytes_of("x.csv", random.Random(3).randbytes(5000), "random bytes called CSV")
bytes_of("x.tsv", HEAD + ROW, "commas called tabs")


# --- tables of domains ---------------------------------------------------------------------------------------


def table_file(folder: Path, rows: Iterable[str], head: str = "domain,tokens") -> dict[str, Any]:
    (folder / "x.csv").write_text("\n".join([head, *rows, ""]))
    return {"location": folder / "x.csv"}


def table_of(rows: Iterable[str], what: str, head: str = "domain,tokens", **chosen: str) -> None:
    bad("x.csv", what)(lambda folder: table_file(folder, rows, head) | chosen)


SITES = [f"site-{n}.example,{n}" for n in range(300)]
table_of([*SITES, "a.example,-1"], "negative tokens")
table_of([*SITES, "a.example,99999999999999999999"], "tokens beyond 64 bits")
table_of([*SITES, "a.example,9007199254740993"], "tokens beyond belief")
table_of([f"site-{n}.example,9000000000000000" for n in range(600)], "tokens whose sum is beyond belief")
table_of([*SITES, "a.example,"], "tokens missing")
table_of([*SITES, "a.example,many"], "tokens that are a word")
table_of([*SITES, "a.example,1.5"], "tokens with a decimal point")
table_of(["a.example,many"], "a column of words chosen for tokens", tokens_column="tokens")
table_of([*SITES, "SITE-7.example.,1"], "a domain twice")
table_of(["a.example,1,2"], "two columns of tokens", "domain,c4_tokens,rf_tokens")
bad("column domain", "no domain in any row")(
    lambda folder: table_file(folder, ["gutenberg,1", "s2,2"]) | {"url_column": "domain"}
)


@bad("site-1.example")
def a_domain_in_two_files(folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("domain,tokens\nsite-1.example,1\n")


# --- places ------------------------------------------------------------------------------------------------

place("FOLDER/none.parquet", "a path that does not exist", "none.parquet")
place("FOLDER", "an empty folder", "holds no data")
place("http://www.example.com/x.parquet", "a web address", "http")
place("ftp://www.example.com/x.parquet", "an FTP address", "ftp")
place("simplecache::s3://bucket/x", "a chain of protocols", "::")
place("s3://key:secret@bucket/x", "credentials in an address", "credentials")
place("s3://bucket/../other/x", "an address that climbs", "..")
place("gs://bucket/x", "a protocol without its package", "gcsfs")
place("acme/no-such-dataset", "an unknown dataset while offline", "acme/no-such-dataset")
place("FOLDER/../../../../etc/shadow", "a path that climbs out of the roots", "etc/shadow", roots=["/srv/data"])
place("FOLDER/\0x", "a NUL byte in a path", "rename it")
place("no-such-name", "neither a path nor a dataset", "no-such-name")


@bad("holds no data")
def a_folder_of_other_things(folder: Path) -> None:
    for name in ("a.png", "b.txt", "LICENSE", ".hidden.jsonl"):
        (folder / name).write_bytes(LINE)


@bad("x.xlsx")
def a_file_of_another_format(folder: Path) -> dict[str, Any]:
    (folder / "x.xlsx").write_bytes(b"PK")
    return {"location": folder / "x.xlsx"}


@bad("x.parquet")
def a_folder_called_a_file(folder: Path) -> dict[str, Any]:
    (folder / "x.parquet").mkdir()
    return {"location": folder / "x.parquet"}


@bad("pipe.jsonl")
def a_pipe(folder: Path) -> dict[str, Any]:
    os.mkfifo(folder / "pipe.jsonl")
    return {"location": folder / "pipe.jsonl"}


@bad("x.jsonl")
def a_file_without_permission(folder: Path) -> None:
    (folder / "x.jsonl").write_bytes(LINE)
    (folder / "x.jsonl").chmod(0)


@bad("inner")
def a_folder_without_permission(folder: Path) -> None:
    (folder / "inner").mkdir(mode=0)


@bad("link.jsonl")
def a_link_out_of_the_folder(folder: Path) -> None:
    (folder / "link.jsonl").symlink_to("/etc/passwd")


@bad("a.jsonl")
def a_loop_of_links(folder: Path) -> None:
    (folder / "a.jsonl").symlink_to("b.jsonl")
    (folder / "b.jsonl").symlink_to("a.jsonl")


@bad("again")
def a_loop_of_folders(folder: Path) -> None:
    (folder / "x.jsonl").write_bytes(LINE)
    (folder / "again").symlink_to(folder)


@bad("gone.jsonl")
def a_link_to_nothing(folder: Path) -> None:
    (folder / "gone.jsonl").symlink_to("nothing")


@bad("self")
def a_location_that_is_a_loop(folder: Path) -> dict[str, Any]:
    (folder / "self").symlink_to("self")
    return {"location": folder / "self"}


@bad("\\udcff")
def a_file_name_that_is_not_utf8(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/x\xff.jsonl")).write_bytes(LINE)


# --- cards -------------------------------------------------------------------------------------------------


def card_of(body: bytes, what: str) -> None:
    """A folder of good data with this card is bad."""

    def make(folder: Path) -> None:
        (folder / "x.jsonl").write_bytes(LINE)
        (folder / "README.md").write_bytes(body)

    bad("README.md", what)(make)


def front(text: str) -> bytes:
    return f"---\n{text}\n---\n# Data\n".encode()


BOMB = "\n".join(["a: &a {x: 1}", *(f"{n}: &{n} {{<<: [{', '.join(['*' + p] * 9)}]}}" for p, n in zip("abcdefgh", "bcdefghi", strict=True))])  # fmt: skip  # noqa: E501
card_of(front(BOMB), "a YAML bomb")
card_of(front("- a\n- b"), "a list for a card")
card_of(front("x: !!python/object/apply:os.system ['true']"), "a card that asks for code")
card_of(front("x: [1, {"), "broken YAML")
card_of(front("x: " + "[" * 5000), "YAML of great depth")
card_of(front("x: 2026-99-99"), "an impossible date")
card_of(b"# Data\n" + b"x" * (2 << 20), "a card of megabytes")
card_of(front("license: caf\xe9").decode().encode("latin-1"), "a card in Latin-1")
card_of(front("configs: [{config_name: a, data_files: ../../etc/passwd}]"), "data files that climb out")
card_of(front("configs: [{config_name: a, data_files: 'https://www.example.com/x.jsonl'}]"), "data files elsewhere")
card_of(front("configs: [{config_name: a, data_files: none/*}]"), "data files that are not there")
card_of(front("configs: [{config_name: a}, {config_name: b}]"), "a choice of configurations")
