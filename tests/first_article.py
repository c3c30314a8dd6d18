"""The shipped data as if its first article alone had been read: later articles change no figure."""

import shutil
from pathlib import Path

from pyoxigraph import Store

from bench.articles import write_articles
from bench.graph import write_snapshot
from graph.build import complete_statements
from graph.curating.master import DATA, Inputs, read_master, read_origin, read_retired_things
from graph.dataset import memory_store
from graph.publishing.dataset_description import describe_dataset
from graph.reasoning.kernel import Kernel
from graph.snapshot import Snapshot

FIRST = "inp-wealthpk-2026-04-29"


def copy_first_article(folder: Path) -> Path:
    """Copy the shipped data without later articles to `data` in a folder; return that."""
    data = Path(shutil.copytree(DATA, folder / "data"))
    for path in (data / "articles").iterdir():
        if path.stem != FIRST:
            path.unlink()
    return data


def write_closed(inputs: Inputs, builds: Path) -> Snapshot:
    """Write the snapshot that a build makes of sound data, without dumps and without its checks.

    These take nineteen twentieths of its time.
    """
    stated = list(read_master(inputs).quads())
    store = memory_store(stated)
    stated += [*complete_statements(store), *read_retired_things(inputs)]
    quads = [*stated, *Kernel(stated).inferred_quads()]
    return write_snapshot(builds, [*quads, *describe_dataset(quads)], origin=read_origin(inputs))


def close_made_articles(folder: Path, number: int) -> Store:
    """Return the graph of the first article and of so many made ones, with what follows."""
    data = copy_first_article(folder)
    write_articles(folder / "more", number)
    shutil.copytree(folder / "more" / "articles", data / "articles", dirs_exist_ok=True)
    shutil.copy(folder / "more" / "entities.ttl", data / "made.ttl")
    return memory_store(Kernel(read_master(Inputs(data)).quads()).quads())
