"""The dumps of the dataset, and the description that lists them."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from bench.client import Client
from bench.graph import quads, write_snapshot
from graph.snapshot import Snapshot
from ontology.namespace import BASE, PREFIXES
from ontology.terms import VOID
from tests.server.conftest import serving

DCAT = PREFIXES["dcat"]


def test_void_describes_the_dataset_and_its_parts(client: Client) -> None:
    reply = client.get("/.well-known/void")
    assert (reply.status, reply.type) == (200, "text/turtle")
    store = Store()
    store.load(reply.body, RdfFormat.TURTLE)
    dataset = NamedNode(BASE + "dataset")

    def objects(name: str) -> list[object]:
        return [quad.object for quad in store.quads_for_pattern(dataset, NamedNode(name), None)]

    assert len(objects(VOID + "classPartition")) > 30
    assert len(objects(VOID + "propertyPartition")) > 60
    assert len(objects(VOID + "subset")) == 7
    assert (len(objects(DCAT + "distribution")), len(objects(VOID + "dataDump"))) == (10, 6)
    assert not re.search(rb"_:|\[\s", reply.body)


def test_every_dump_is_what_its_description_says(client: Client) -> None:
    rows = client.query(
        "SELECT ?url ?size ?type ?sum { ?dump a dcat:Distribution ; dcat:downloadURL ?url ;"
        " dcat:byteSize ?size ; dcat:mediaType ?type ; spdx:checksum/spdx:checksumValue ?sum }",
        "text/csv",
    ).text.splitlines()[1:]
    assert len(rows) == 10
    for row in rows:
        url, size, media_type, checksum = row.split(",")
        reply = client.get("/" + url.removeprefix(BASE))
        assert (len(reply.body), hashlib.sha256(reply.body).hexdigest()) == (int(size), checksum)
        assert media_type.endswith(reply.type)
        assert reply.headers["Content-Type"].count("charset") <= 1


def test_a_dump_can_be_fetched_in_parts(client: Client) -> None:
    dump = client.get("/data/dumps/cpec-graph.nq").body
    part = client.get("/data/dumps/cpec-graph.nq", Range="bytes=100-199")
    assert (part.status, part.body) == (206, dump[100:200])
    assert client.get("/data/dumps/cpec-graph.nq", Range=f"bytes={len(dump)}-").status == 416
    for passed_over in ("bytes=0-1,3-4", "lines=1-2", "nonsense", ""):
        reply = client.get("/data/dumps/cpec-graph.nq", Range=passed_over)
        assert (reply.status, reply.body) == (200, dump), passed_over
    assert client.send("HEAD", "/data/dumps/cpec-graph.nq", Range="bytes=1-2").status == 200


@pytest.mark.long
def test_a_server_keeps_its_dumps_while_others_build(snapshot: Snapshot, tmp_path: Path) -> None:
    builds = tmp_path / "build"
    shutil.copytree(snapshot.path.parent, builds, symlinks=True)
    with serving(tmp_path, "--out", str(builds)) as client:
        for number in range(3):
            write_snapshot(builds, quads(100 + number))
        assert client.get("/data/dumps/cpec-graph.nq").status == 200


@pytest.mark.long
def test_equal_dumps_have_equal_tags_and_a_damaged_one_is_not_sent(
    client: Client, snapshot: Snapshot, tmp_path: Path
) -> None:
    copy = tmp_path / "a copy"
    shutil.copytree(snapshot.path, copy, copy_function=shutil.copyfile)  # other times
    (copy / "dumps" / "more.nt").write_bytes(b"")
    path = "/data/dumps/cpec-graph.nt"
    with serving(tmp_path, "--snapshot", str(copy)) as other:
        replies = [server.get(path) for server in (client, other)]
        tags = {reply.headers["ETag"] for reply in replies}
        assert tags == {f'"{hashlib.sha256(replies[0].body).hexdigest()[:32]}"'}
        assert other.get(path, **{"If-None-Match": tags.pop()}).status == 304
        assert other.get("/data/dumps/more.nt").status == 404
        dump = copy / "dumps" / "cpec-graph.nt"
        dump.write_bytes(dump.read_bytes()[:-5000])
        reply = other.get(path)
        assert (reply.status, "cpec-graph.nt is damaged: cut or changed" in reply.text) == (
            503,
            True,
        )
        assert str(tmp_path) not in reply.text
        dump.unlink()
        assert other.get(path).status == 503
