"""Mutated archives: unpacked, or refused, in time and without a trace elsewhere."""

import shutil

import pytest
from mutations import CORPUS, COUNT, kept, kept_if_it_fails, mutated
from test_fetching_archives import good

from transients.errors import DataError
from transients.fetching.archives import unpack


def is_refused(archive, mutant):
    """Unpack one in a folder of its own; assert that it writes nothing beside it."""
    archive.write_bytes(mutant)
    with kept_if_it_fails(CORPUS / archive.name, mutant):
        try:
            folder = unpack(archive)
        except DataError as error:
            assert archive.name in str(error)
            assert list(archive.parent.iterdir()) == [archive]
            return True
        assert {*archive.parent.iterdir()} == {archive, folder}
        assert not any(path.is_symlink() for path in folder.rglob("*"))
        shutil.rmtree(folder)
    return False


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_mutated_archives(tmp_path, kind):
    (tmp_path / "in").mkdir()
    archive = good(tmp_path / "in" / f"data.{kind}")
    pristine = archive.read_bytes()
    for mutant in kept(CORPUS / archive.name):
        is_refused(archive, mutant)
    refused = sum(is_refused(archive, mutated(pristine, i)) for i in range(COUNT))
    assert 0.3 * COUNT < refused <= COUNT
    assert list(tmp_path.iterdir()) == [tmp_path / "in"]
