"""A register of a package without samples is named; samples that are there are judged in test_extending."""

from __future__ import annotations

from flows.examination.package import faults_of_samples
from flows.new.package import NewPackage, write_package


def test_samples_that_are_not_there_are_named(tmp_path):
    write_package(NewPackage("ZOM", register="warmtenet"), tmp_path / "zomerdam")
    for path in (tmp_path / "zomerdam/barrier_zom/samples").iterdir():
        path.unlink()
    assert faults_of_samples(tmp_path / "zomerdam/barrier_zom") == [
        "zom_warmtenet.good.csv is not there",
        "zom_warmtenet.bad.csv is not there",
    ]
