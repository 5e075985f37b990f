"""CSV files as they come: marks between fields, line ends, encodings, damage."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from transients.errors import ConfigurationError, DataError
from transients.readers import tabular
from transients.readers.tabular import line_of, read_text_columns, stream

WANTED = {"name": "id", "value": "flux"}
PLAIN = b"id,flux,note\na,1.5,@\nb,-,y\n"
EXPECTED = {"name": ["a", "b"], "value": [1.5, None]}


def read(path: Path) -> dict[str, list[object]]:
    batches = list(stream(path, WANTED, ["name"], "key"))
    return {
        name: [value for batch in batches for value in batch[name].to_pylist()]
        for name in WANTED
    }


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.replace(b",", b";"),
        PLAIN.replace(b",", b"\t"),
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        PLAIN.replace(b"\n", b"\n\n"),
        PLAIN.replace(b"id,flux,note", b' id, "flux", note'.replace(b' "', b'"')),
        PLAIN.replace(b"@", b'"x,\nx"'),
        PLAIN.replace(b"@", b"\xe9"),  # Latin-1 in a column that is not wanted
        PLAIN.rstrip(),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_forms_of_one_table(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"table{suffix}"
    path.write_bytes(
        gzip.compress(content, mtime=0) if suffix == ".csv.gz" else content
    )
    assert read(path) == EXPECTED


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no header line"),
        (b"\n\r\n", "no header line"),
        (PLAIN.replace(b"@", b"x\x00"), "NUL bytes"),
        (PLAIN.decode().encode("utf-16"), "NUL bytes: not UTF-8"),
        (gzip.compress(PLAIN * 9, mtime=0), "NUL bytes: .* needs the ending .gz"),
        (PLAIN.replace(b"@", b'"x'), "a quotation mark is opened and not closed"),
        (PLAIN.replace(b"\na", b"\n\xe9"), "line 2: column 'id' is not UTF-8 text"),
        (PLAIN.replace(b",y", b""), "line 3: 2 fields, but the header has 3"),
        (PLAIN.replace(b"y", b"y,y"), "line 3: 4 fields, but the header has 3"),
        (PLAIN.replace(b"-", b"1;5"), "line 3: column 'flux' has '1;5', not a number"),
        (PLAIN.replace(b"@", b'"x\n"').replace(b"-", b"?"), "line 4: column 'flux'"),
        (PLAIN.replace(b"b", b"\n\nb").replace(b"-", b"?"), "line 5: column 'flux'"),
        (PLAIN.replace(b"note", b"flux"), "has the column 'flux' more than once"),
        (PLAIN.replace(b",", b";").replace(b"1.5", b"1,5"), "line 2: .* has '1,5'"),
        (b"\n <!DOCTYPE html>\n<html>\n", "looks like a web page, not a CSV file"),
        (b"<html lang='en'>" + b"x" * (1 << 18), "looks like a web page"),
        (b"x" * (1 << 18), "its first line has more than 100000 bytes"),
        (PLAIN + b"1" * (1 << 23), "a line has more than .* bytes: not a CSV file"),
        (PLAIN + b",1" * (1 << 22), "a line has more than .* bytes: not a CSV file"),
    ],
)
def test_damaged_files(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"table\.csv: .*{words}"):
        read(path)


def test_marks_that_hide_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(PLAIN.replace(b",", b"|"))
    with pytest.raises(
        ConfigurationError, match=r"key\.name: .*'id'.*: id\|flux\|note"
    ):
        read(path)


def test_damage_behind_the_first_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks are joined without loss, and each is checked."""
    monkeypatch.setattr(tabular, "_BLOCK_BYTES", 64)
    path = tmp_path / "table.csv"
    rows = b"".join(b"%d,%d,x\n" % (i, i) for i in range(50))
    path.write_bytes(b"id,flux,note\n" + rows)
    assert read(path)["value"] == list(range(50))
    path.write_bytes(b"id,flux,note\n" + rows.replace(b"\n40,", b'\n"40,'))
    with pytest.raises(DataError, match="not closed"):
        read(path)


@pytest.mark.parametrize("size", [40, 41, 47, 64, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_blocks_end_where_lines_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, end: bytes
) -> None:
    """A line end between quotes is none; lines are counted across blocks."""
    monkeypatch.setattr(tabular, "_BLOCK_BYTES", size)
    path = tmp_path / "table.csv"
    rows = [b'%d,%d,"a%sb"' % (i, i, end * (i % 3)) for i in range(50)]
    path.write_bytes(end.join([b"id,flux,note", *rows]))
    assert read(path)["name"] == [str(i) for i in range(50)]
    path.write_bytes(b"\n".join([b"id,flux,note", *[b"1,2,3"] * 40, b"4,?,6"]))
    with pytest.raises(DataError, match="line 42: column 'flux' has '\\?'"):
        read(path)


def test_line_of(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'\nid,note\n1,"a\n\nb"\n\n2,c\r\n3,d\n')
    assert [line_of(path, record) for record in range(4)] == [2, 3, 7, 8]


def test_text_columns_are_stripped(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id , flux\n a , -\n,x\n")
    text = read_text_columns(path, WANTED, "key")
    assert text.to_dict("list") == {"name": ["a", ""], "value": ["-", "x"]}


def test_long_field_before_a_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(PLAIN.replace(b"@", b"@" * 200_000).replace(b"-", b"?"))
    with pytest.raises(DataError, match=r"table\.csv: line 2: field larger than"):
        read(path)
