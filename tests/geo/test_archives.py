"""What people pack is unpacked, and what would hurt is not."""

import gzip
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from geo import archives
from geo.archives import (
    ArchiveBroken,
    ArchiveEscapes,
    ArchiveNested,
    ArchiveTooLarge,
    FileEmpty,
    FileMissing,
    Limits,
    NoRoom,
    Recipe,
    contents,
    refuse_recipe,
    sha256,
    unpacked,
)
from geo.models.releases import ReleaseState
from geo.services.releases import receive_release
from tests.make.files import depth_file
from tests.make.geo import make_event
from tests.make.products import zip_of
from tests.make.releases import read


def zipped(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name.replace("__", "/"), body)
    return path


def names(path: Path, limits: Limits = Limits()) -> list[str]:  # noqa: B008 - frozen
    with unpacked(path, limits) as place:
        return [file.name for file in contents(place)]


def test_a_plain_file_stays_where_it_is(tmp_path: Path) -> None:
    plain = tmp_path / "flood.tif"
    plain.write_bytes(b"II*\0")

    with unpacked(plain) as place:
        assert (place, contents(place)) == (plain, [plain])


def test_what_stands_beside_a_data_set_is_called_as_it_is(tmp_path: Path) -> None:
    entries = dict.fromkeys(
        ("Roads.SHP", "ROADS.dbf", "roads.Shx", "Roads.PRJ", "a__D.asc", "a__d.Prj"), b"x"
    )
    packed = zipped(tmp_path / "mixed.zip", **entries, **{"lone.PRJ": b"y"})

    assert sorted(names(packed)) == sorted(
        ["Roads.SHP", "Roads.dbf", "Roads.shx", "Roads.prj", "D.asc", "D.prj", "lone.PRJ"]
    )


def test_archives_within_archives_are_opened_to_two_levels(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", a=b"deep").read_bytes()
    middle = zipped(tmp_path / "middle.zip", inner=inner, b=b"here").read_bytes()
    outer = zipped(tmp_path / "outer.zip", middle=middle, c=gzip.compress(b"packed"))

    assert names(outer) == ["c", "b", "a"]
    outermost = zipped(tmp_path / "outermost.zip", outer=outer.read_bytes())
    assert names(outermost) == ["c", "b", "inner"]


def test_nothing_but_archives_deeper_than_that_are_refused(tmp_path: Path) -> None:
    packed = b"deep"
    for name in ("a", "b", "c", "d"):
        packed = zipped(tmp_path / f"{name}.zip", **{name: packed}).read_bytes()

    with pytest.raises(ArchiveNested, match=r"nothing but archives .* \(d/c/b\); unpack it"):
        names(tmp_path / "d.zip")


def test_litter_of_other_systems_is_left_out(tmp_path: Path) -> None:
    entries = {"__MACOSX/._a.shp": b"x", ".DS_Store": b"x", "Thumbs.db": b"x", "data/a.shp": b"x"}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, body in entries.items():
            archive.writestr(name, body)

    assert names(tmp_path / "a.zip") == ["a.shp"]


@pytest.mark.parametrize("entry", ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil"])
def test_entries_that_lead_out_are_refused(tmp_path: Path, entry: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, b"x")

    with pytest.raises(ArchiveEscapes, match="evil"):
        names(tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_bombs_are_refused_by_what_comes_out_of_them(tmp_path: Path) -> None:
    body = zipped(tmp_path / "inner.zip", zeros=b"\0" * 5_000_000).read_bytes()
    bomb = zipped(tmp_path / "bomb.zip", one=body, two=body)

    with pytest.raises(ArchiveTooLarge):
        names(bomb, Limits(total=8_000_000))
    with pytest.raises(ArchiveTooLarge):
        names(bomb, Limits(forgiving=1_000_000, ratio=100))
    with pytest.raises(ArchiveTooLarge):
        names(bomb, Limits(entries=3))
    assert names(bomb) == ["zeros", "zeros"]


def test_within_a_block_an_archive_is_unpacked_once(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", a=b"x")
    other = zipped(tmp_path / "b.zip", b=b"y")

    with unpacked(archive) as place:
        with unpacked(archive) as again, unpacked(other) as beside:
            assert again == place
            assert beside != place
        assert (place / "a").read_bytes() == b"x"
    with unpacked(archive) as later:
        assert later != place
        assert (later / "a").read_bytes() == b"x"
    assert not place.exists()


def test_a_reading_unpacks_its_archive_once(
    session: Session, anybody: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = zip_of(tmp_path / "depth.zip", depth_file(tmp_path / "depth.tif", [[0.5, 1.0]]))
    times: list[str] = []
    unpack = archives._unpack

    def counting(path: Path, folder: Path, budget: archives.Budget, deeper: int) -> None:
        times.append(path.name)
        unpack(path, folder, budget, deeper)

    monkeypatch.setattr(archives, "_unpack", counting)

    got = receive_release(
        session, make_event(session).id, keep_file(sent), sent.name, actor=anybody
    )
    read(session, got.release, anybody)

    assert got.release.state is ReleaseState.READ
    assert times == ["depth.zip"]


def test_broken_archives_are_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", a=b"x" * 1000).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "half.gz").write_bytes(gzip.compress(b"x" * 1000)[:-9])

    for name in ("half.zip", "half.gz"):
        with pytest.raises(ArchiveBroken, match=name):
            names(tmp_path / name)


def test_nothing_and_nothing_in_it_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()

    with pytest.raises(FileEmpty):
        names(tmp_path / "empty.tif")
    with pytest.raises(FileMissing):
        names(tmp_path / "gone.tif")


def test_recipes_that_point_elsewhere_are_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "a.vrt"
    recipe.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')

    with pytest.raises(Recipe):
        refuse_recipe("a.vrt", recipe)


def test_the_digest_is_that_of_the_file_as_sent(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    # FIPS 180-2, appendix B.1
    assert sha256(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


def _only(free: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the disk has so many bytes free."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _at: usage(1 << 40, 0, free))


def test_what_there_is_no_room_for_is_refused_before_a_byte_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.zip"
    with zipfile.ZipFile(large, "w") as archive:
        archive.writestr("depth.tif", b"II*\0")
        archive.filelist[0].file_size = 3 << 30  # as the list in the archive says
    _only((256 << 20) + (1 << 30), monkeypatch)

    with pytest.raises(NoRoom) as refused:
        names(large)

    assert "unpacks to 3.0 GB or more, and only 1.0 GB are free" in refused.value.message


def test_an_archive_that_tells_less_than_it_holds_fills_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "zeros.gz"
    packed.write_bytes(gzip.compress(bytes(3 << 20)))
    _only((256 << 20) + (2 << 20), monkeypatch)

    with pytest.raises(NoRoom):
        names(packed)
    _only((256 << 20) + (3 << 20), monkeypatch)
    assert names(packed) == ["zeros"]
