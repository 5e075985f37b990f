"""The workflow where its users may have it: one strange condition at a time, and all.

No condition may change a result: what is made is compared with an ordinary run.
"""

import subprocess

import pytest
from as_root import needs_root
from command_line import TINY, command, environment, said, snakemake
from same_results import differences

SMALL = TINY.with_name("small.yaml")
SHEET = "results/datasheets/bts.pdf"
ASCII_ALONE = ("PYTHONUTF8=0", "PYTHONCOERCECLOCALE=0", "LC_ALL=C")
UNSET = ("-u", "HOME", "-u", "XDG_CACHE_HOME", "-u", "PYTHONUTF8")
CONDITIONS = {
    "spaces": ("a folder", ()),
    "non-ASCII letters": ("Ergebnisse-für-Ōta", ()),
    "quotes and shell characters": ('Ōta\'s $HOME; (new) & "last"', ()),
    "locale C": ("plain", ("env", "-u", "PYTHONUTF8", "LC_ALL=C")),
    "ASCII alone": ("plain", ("env", *ASCII_ALONE)),
    "HOME unset": ("plain", ("env", *UNSET)),
}
NO_NETWORK = ("unshare", "--net")

needs_root_for_it = needs_root("take the network away")


def run(folder, under, *arguments):
    """Run in a folder, by way of a command that changes its surroundings."""
    process = subprocess.run(
        [*under, *command(folder, "--cores", 2, *arguments)],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, said(process)


@pytest.mark.parametrize(("name", "under"), CONDITIONS.values(), ids=CONDITIONS)
def test_one_condition_alone(tmp_path, name, under):
    folder = tmp_path / name
    folder.mkdir()
    run(folder, under, "--configfile", TINY, "--", SHEET)
    assert (folder / SHEET).exists()


@needs_root_for_it
def test_no_network(tmp_path):
    run(tmp_path, NO_NETWORK, "--configfile", TINY, "--", SHEET)
    assert (tmp_path / SHEET).exists()


def test_a_symlinked_working_directory(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    run(tmp_path / "link", (), "--configfile", TINY, "--", SHEET)
    assert (tmp_path / "folder" / SHEET).exists()


@needs_root_for_it
def test_all_conditions_at_once_change_no_result(tmp_path):
    strange, plain = tmp_path / "Ōta's und Jürgens Lauf", tmp_path / "plain"
    for folder in (strange, plain):
        folder.mkdir()
    link = tmp_path / "a link"
    link.symlink_to(strange)
    under = ("env", *UNSET, "LC_ALL=C", *NO_NETWORK)
    run(link, under, "--configfile", TINY, SMALL, "--", "all")
    process = snakemake(plain, "--configfile", TINY, SMALL, "--cores", 2, "--", "all")
    assert process.returncode == 0, said(process)
    assert differences(strange / "results", plain / "results") == []
