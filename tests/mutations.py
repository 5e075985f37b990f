"""Mutated input files: a reader delivers valid tables or says what is wrong."""

from __future__ import annotations

import faulthandler
import os
import signal
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from transients.errors import TransientsError
from transients.readers import Dataset, read
from transients.tables import Vocabulary, validate

COUNT = int(os.environ.get("MUTATIONS", "200"))
"""Mutated inputs of each file: `make test-fuzz` asks for more."""

LONGEST = 10.0
"""Seconds of processor time for one input; more is a hang."""

CORPUS = Path(__file__).parent / "corpus"
"""Inputs that once failed, in folders by reader and file; all are read every time."""

NUMBERS = [*b"nan inf -inf 99 -999 -1 0 1e400 1e-400 >16.002 0x10 1,5".split(), b""]
TEXTS = [b";", b"\t", b'"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\xe9", b"#"]


def mutated(data: bytes, seed: int) -> bytes:
    """Return data with one to three random changes, the same for the same seed."""
    rng = np.random.default_rng(seed)
    for _ in range(rng.integers(1, 4)):
        data = CHANGES[rng.integers(len(CHANGES))](data, rng)
    return data


def _place(data: bytes, rng: Generator) -> int:
    return int(rng.integers(len(data) + 1))


def _cut_end(data: bytes, rng: Generator) -> bytes:
    return data[: _place(data, rng)]


def _flip_byte(data: bytes, rng: Generator) -> bytes:
    i = _place(data, rng)
    return data[:i] + bytes([rng.integers(256)]) + data[i + 1 :]


def _insert_text(data: bytes, rng: Generator) -> bytes:
    i = _place(data, rng) if rng.random() < 0.7 else 0
    return data[:i] + TEXTS[rng.integers(len(TEXTS))] + data[i:]


def _zero_block(data: bytes, rng: Generator) -> bytes:
    i = _place(data, rng)
    n = int(rng.integers(1, 200))
    return data[:i] + b"\x00" * len(data[i : i + n]) + data[i + n :]


def _lose_block(data: bytes, rng: Generator) -> bytes:
    i = _place(data, rng)
    return data[:i] + data[i + int(rng.integers(1, 3000)) :]


def _replace_field(data: bytes, rng: Generator) -> bytes:
    lines = data.split(b"\n")
    i = int(rng.integers(len(lines)))
    fields = lines[i].split(b",")
    fields[rng.integers(len(fields))] = NUMBERS[rng.integers(len(NUMBERS))]
    lines[i] = b",".join(fields)
    return b"\n".join(lines)


def _shuffle_lines(data: bytes, rng: Generator) -> bytes:
    lines = data.split(b"\n")
    i, j = rng.integers(len(lines), size=2)
    kinds: list[Callable[[], list[bytes]]] = [
        lambda: [*lines[:i], *lines[i + 1 :]],
        lambda: [*lines[:i], lines[j], *lines[i:]],
        lambda: [*lines[:i], lines[i] + b"," + lines[j], *lines[i + 1 :]],
    ]
    return b"\n".join(kinds[rng.integers(len(kinds))]())


def _change_all(data: bytes, rng: Generator) -> bytes:
    pairs = [(b",", b";"), (b"\n", b"\r\n"), (b"\n", b" "), (b".", b","), (b",", b"\t")]
    old, new = pairs[rng.integers(len(pairs))]
    return data.replace(old, new)


CHANGES: list[Callable[[bytes, Generator], bytes]] = [
    _cut_end,
    _flip_byte,
    _insert_text,
    _zero_block,
    _lose_block,
    _replace_field,
    _replace_field,
    _shuffle_lines,
    _change_all,
]


class Hang(BaseException):
    """An input took too long. No error that a reader may take for one of its own."""


@contextmanager
def time_limit(seconds: float = LONGEST) -> Iterator[None]:
    """Fail if the body takes more processor time: waiting for others is no hang."""

    def fail(*_: object) -> None:
        raise Hang(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, fail)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(30 * seconds, exit=True)  # in compiled code
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def kept_if_it_fails(folder: Path, data: bytes) -> Iterator[None]:
    """Limit the time of the body; if it fails, keep its input in the corpus."""
    try:
        with time_limit():
            yield
    except BaseException:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{zlib.crc32(data):08x}").write_bytes(data)
        raise


def kept(folder: Path) -> list[bytes]:
    """Return the inputs in a folder of the corpus."""
    return [path.read_bytes() for path in sorted(folder.glob("*"))]


def check_reader(
    reader: str,
    options: Mapping[str, Any],
    dataset: Dataset,
    path: Path,
    mutants: Iterable[bytes] = (),
) -> int:
    """Read mutants of one of the data set's files; return how many were refused.

    Each must end in valid tables or in an error that names the file, in time; one that
    does not is kept in the corpus, whose inputs come first. Without mutants given,
    COUNT of mutated() are made of what path holds, and path is restored.
    """
    pristine = path.read_bytes()
    folder = CORPUS / reader / path.name
    given = mutants or (mutated(pristine, seed) for seed in range(COUNT))
    for mutant in kept(folder):
        with time_limit():
            _is_refused(reader, options, dataset, path, mutant)
    refused = 0
    for mutant in given:
        with kept_if_it_fails(folder, mutant):
            refused += _is_refused(reader, options, dataset, path, mutant)
    path.write_bytes(pristine)
    return refused


def _is_refused(
    reader: str, options: Mapping[str, Any], dataset: Dataset, path: Path, mutant: bytes
) -> bool:
    """Read, and count, a mutant; say whether it is refused when it is read."""
    path.write_bytes(mutant)

    def count() -> None:
        import_module(f"transients.readers.{reader}").count(options, dataset)

    def read_all() -> None:
        vocabulary = Vocabulary(dataset.name, dataset.classes, dataset.passbands)
        for portion in read(reader, options, dataset):
            validate(portion, vocabulary)

    _, refused = (_refuses(act, path, dataset) for act in (count, read_all))
    return refused


def _refuses(act: Callable[[], None], path: Path, dataset: Dataset) -> bool:
    try:
        act()
    except TransientsError as error:
        assert path.name in str(error) or dataset.name in str(error), error
        return True
    return False
