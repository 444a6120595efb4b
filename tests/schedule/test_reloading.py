"""A change of jianbao.toml counts, also where the archive could not be opened when it came."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive import ArchiveError, open_archive, read_archive
from archive.schedule import planned_runs
from jianbao.schedule import service as module
from jianbao.schedule.service import Service


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "jianbao.toml"
    write(file, "a", "b")
    return file


def write(file: Path, *names: str, every: str = "6h") -> None:
    before = file.stat().st_mtime if file.exists() else 0
    sites = (f'[[site]]\nname = "{name}"\nstart = ["https://{name}.example/"]\nevery = "{every}"\n' for name in names)
    file.write_text("".join(sites), "utf-8")
    os.utime(file, (before + 10, before + 10))


@pytest.fixture
def service(file: Path) -> Service:
    """A service that has read its configuration and crawls nothing."""
    service = Service(file, file.parent / "data")
    service._reload()
    return service


def scheduled(service: Service) -> dict[str, str]:
    return {job.id: str(job.trigger) for job in service._scheduler.get_jobs()}


def planned(file: Path) -> set[str]:
    with read_archive(file.parent / "data") as db:
        return set(planned_runs(db))


def test_a_change_that_met_a_damaged_archive_counts_when_that_is_mended(
    service: Service, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scheduled(service)

    def fail(_data: Path) -> None:
        raise ArchiveError("damaged")

    write(file, "b", "c", every="7h")
    with monkeypatch.context() as damaged:
        damaged.setattr(module, "open_archive", fail)
        with pytest.raises(ArchiveError):
            service._reload()
        assert scheduled(service) == before
    service._reload()
    assert set(scheduled(service)) == {"b", "c"}
    assert scheduled(service)["b"] != before["b"]
    assert planned(file) == {"b", "c"}


def test_a_damaged_archive_is_said_once_while_it_is_tried_again(
    service: Service, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[Path] = []

    def fail(data: Path) -> None:
        tries.append(data)
        if len(tries) == 5:
            service._stopping.set()
        raise ArchiveError("damaged")

    monkeypatch.setattr(module, "open_archive", fail)
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.001)
    write(file, "c")
    service._watch()
    assert len(tries) == 5
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["damaged"]


def test_a_plan_that_could_not_be_noted_is_noted_later(
    service: Service, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ArchiveError("full")

    write(file, "b", "c")
    with monkeypatch.context() as full:
        full.setattr(module, "plan_runs", fail)
        with pytest.raises(ArchiveError):
            service._reload()
    service._reload()
    assert planned(file) == {"b", "c"}


@pytest.mark.parametrize("broken", [False, True])
def test_a_change_made_while_the_file_is_read_is_not_missed(
    service: Service, file: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    read = module.read_schedule

    def read_and_change(path: Path) -> object:
        try:
            return read(path)
        finally:
            write(file, "d")

    write(file, *("c", "c") if broken else "c")
    with monkeypatch.context() as changed:
        changed.setattr(module, "read_schedule", read_and_change)
        service._reload()
    service._reload()
    assert set(scheduled(service)) == {"d"}


def test_an_unchanged_file_plans_nothing_anew(service: Service, file: Path) -> None:
    with open_archive(file.parent / "data") as db:
        db.execute("DELETE FROM schedule")
    service._reload()
    assert planned(file) == set()
