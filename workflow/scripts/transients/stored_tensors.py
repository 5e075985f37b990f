"""Tensors in HDF5 files from elsewhere: each in the file itself, and in one piece.

HDF5 can store a tensor in packed pieces, in another file, or not at all where it is
full of one value: all of that reads more than the file has, or what it should not.
"""

from __future__ import annotations

import h5py


def stored(file: h5py.Group, name: str) -> h5py.Group | h5py.Dataset | None:
    """Return what stands in the file itself, so that no link leads to another one."""
    found = file
    for part in name.split("/"):
        if not isinstance(found, h5py.Group) or part not in found.id:
            return None
        if not _is_in(found, part):
            return None
        found = found[part]
    return found


def is_whole(tensor: h5py.Dataset) -> bool:
    """Say whether a tensor is stored in one piece and in its file."""
    return not (tensor.chunks or tensor.external or tensor.is_virtual)


def count_numbers(file: h5py.Group, size: int) -> int:
    """Return how many numbers all tensors of a file of that size [bytes] have.

    Raises ValueError for links, for anything in it twice, and for a tensor that is no
    array of numbers stored whole.
    """
    numbers, n_bytes = 0, 0
    seen: set[int] = set()
    waiting: list[h5py.Group] = [file]
    while waiting:
        group = waiting.pop()
        for name in group:
            where = f"{group.name}/{name} of its weights"
            if not _is_in(group, name):
                raise ValueError(f"{where} is a link")
            found = group[name]
            address = h5py.h5o.get_info(found.id).addr
            if address in seen:
                raise ValueError(f"{where} is there under another name, too")
            seen.add(address)
            if isinstance(found, h5py.Group):
                waiting.append(found)
                continue
            _require_numbers(found, where)
            numbers += found.size
            n_bytes += found.nbytes
            if n_bytes > size:
                raise ValueError(f"{where} is larger than the file")
    return numbers


def _is_in(group: h5py.Group, name: str) -> bool:
    return group.id.links.get_info(name.encode()).type == h5py.h5l.TYPE_HARD


def _require_numbers(found: h5py.Dataset | h5py.Datatype, where: str) -> None:
    if not isinstance(found, h5py.Dataset) or found.shape is None:
        raise ValueError(f"{where} is no tensor")
    if found.dtype.kind not in "fiu":
        raise ValueError(f"{where} has values of type {found.dtype}")
    if not is_whole(found):
        raise ValueError(f"{where} is not stored whole, in one piece and in this file")
