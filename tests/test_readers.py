"""What all readers share: source files are known by their hashes."""

import hashlib

from toy_csv import TAXONOMY

from transients.readers import Dataset
from transients.source_files import file_hashes


def test_files_in_linked_folders_have_hashes_too(tmp_path):
    (tmp_path / "data" / "sub").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "data" / "linked").symlink_to(tmp_path / "elsewhere")
    paths = [tmp_path / "data" / name for name in ("a", "linked/b", "sub/c")]
    for path in paths:
        path.write_text(path.name)
    files = {"folder": tmp_path / "data"}
    expected = {
        str(path): hashlib.sha256(path.name.encode()).hexdigest() for path in paths
    }
    whole = Dataset("toy", ("A",), ("g",), files, TAXONOMY)
    shares = [
        Dataset("toy", ("A",), ("g",), files, TAXONOMY, part, 2) for part in (0, 1)
    ]
    assert file_hashes(whole) == expected
    assert [len(file_hashes(share)) for share in shares] == [2, 1]
    assert file_hashes(shares[0]) | file_hashes(shares[1]) == expected
