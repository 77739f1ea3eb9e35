"""A report as a graph and as a dataset, and what a spreadsheet makes of its CSV."""

import csv
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from contradict.records import Attribution, Dispute, Place, Report, Side, Statement
from contradict.report.write import write_report
from report_samples import (
    ATTACKS,
    make_article,
    make_contradiction,
    make_hostile_report,
    make_position,
    make_report,
    make_side,
)

NOTHING = Report((), ())


def relations(graph):
    labels = graph.nodes(data="label")
    return {(labels[a], relation, labels[b]) for a, b, relation in graph.edges(data="relation")}


def nodes_of(graph, kind):
    return {node: about for node, about in graph.nodes(data=True) if about["type"] == kind}


def graphml(graph):
    content = io.BytesIO()
    nx.write_graphml(graph, content)
    return content.getvalue()


def make_dispute(*positions, id=0, set=None):
    return Dispute(set, id, "the issue", 0.9, positions[:1], positions[1:], ())


def says(speaker, number, article="news"):
    """A statement of that speaker, another one for each number."""
    text = f"It is {number}, they say."
    return make_side(make_article(article, " " * number + text), text, speaker, "asserts", f"It is {number}")


def make_ferries():
    """One dispute of three statements, one of them a reprint elsewhere, and a difference in figures."""
    times = make_article("times-1", "Two ferries collided, the port said. Seven were hurt.", source="Harbour Times")
    post = make_article("post-2", "The company denies a collision. Police are not sure. Eleven were hurt, doctors say.")
    also = [Place("copy-3", 0, 36)]
    collided = make_side(
        times, "Two ferries collided, the port said.", "the port", "asserts", "Two ferries collided", "fact", also
    )
    hurt = make_side(times, "Seven were hurt.")
    denied = make_side(post, "The company denies a collision.", "The company", "denies", "a collision")
    unsure = make_side(post, "Police are not sure.", "Police", "open")
    eleven = make_side(post, "Eleven were hurt, doctors say.", "doctors", "asserts", "Eleven were hurt")
    found = (
        make_contradiction(collided, denied, 0.97, evidence="The company denies: “denies”"),
        make_contradiction(eleven, hurt, 0.61, "figure", "Eleven against Seven", topic=1),
    )
    positions = [(make_position(side),) for side in (collided, denied, unsure)]
    return replace(NOTHING, contradictions=found, disputes=(Dispute(None, 0, "the collision", 0.97, *positions),))


# The graph


def test_graph_shows_who_says_what_and_what_contradicts_what():
    assert relations(make_ferries().to_networkx()) == {
        ("the port", "asserts", "Two ferries collided"),
        ("The company", "denies", "a collision"),
        ("Police", "leaves open", "Police are not sure."),
        ("doctors", "asserts", "Eleven were hurt"),
        ("Harbour Times", "states", "Seven were hurt."),
        ("Two ferries collided", "contradicts", "a collision"),
        ("Eleven were hurt", "contradicts", "Seven were hurt."),
        ("Two ferries collided", "supports", "the collision"),
        ("a collision", "opposes", "the collision"),
        ("Police are not sure.", "leaves open", "the collision"),
    }


def test_an_edge_of_contradiction_tells_what_the_contradiction_tells():
    report = make_ferries()
    edges = [about for *_, about in report.to_networkx().edges(data=True) if about["relation"] == "contradicts"]
    told = [(about["score"], about["kind"], about["evidence"], about["topic"]) for about in edges]
    assert told == [(found.score, found.kind, found.evidence, found.topic) for found in report]
    assert {(about["contradiction_a_b"], about["contradiction_b_a"]) for about in edges} == {(0.97, 0.9)}


def test_a_statement_tells_where_it_stands_and_leaves_out_what_is_unknown():
    statements = {about["text"]: about for about in nodes_of(make_ferries().to_networkx(), "statement").values()}
    collided = statements["Two ferries collided, the port said."]
    assert (collided["article"], collided["start"], collided["end"], collided["also"]) == ("times-1", 0, 36, 1)
    assert (collided["source"], collided["speaker"], collided["mode"]) == ("Harbour Times", "the port", "fact")
    assert not {"source", "published", "language", "set", "mode"} & statements["Eleven were hurt, doctors say."].keys()


def test_names_that_a_dispute_joins_are_one_holder_in_all_disputes():
    joined = make_position(says("National Weather Office", 1), says("NWO", 2), names=("NWO", "National Weather Office"))
    other = make_position(says("the mayor", 3))
    later = make_position(says("NWO", 4))
    report = replace(NOTHING, disputes=(make_dispute(joined, other), make_dispute(later, other, id=1)))
    holders = nodes_of(report.to_networkx(), "holder")
    assert [about["names"] for about in holders.values()] == ["National Weather Office; NWO", "the mayor"]
    assert report.to_networkx().out_degree(next(iter(holders))) == 3


def test_a_name_that_disputes_join_to_two_holders_stays_by_itself():
    disputes = [
        make_dispute(make_position(says(full, at), says("the ministry", at + 1), names=(full, "the ministry")), id=at)
        for at, full in ((1, "the ministry of health"), (3, "the ministry of transport"))
    ]
    holders = nodes_of(replace(NOTHING, disputes=tuple(disputes)).to_networkx(), "holder")
    names = [about["names"] for about in holders.values()]
    assert sorted(names) == ["the ministry", "the ministry of health", "the ministry of transport"]


def test_a_chain_of_joined_names_leads_to_the_fullest_one():
    chain = ("Lee", "Minister Lee"), ("Minister Lee", "Health Minister Lee")
    disputes = [
        make_dispute(make_position(says(short, at), says(full, at + 1), names=(short, full)), id=at)
        for at, (short, full) in enumerate(chain)
    ]
    (holder,) = nodes_of(replace(NOTHING, disputes=tuple(disputes)).to_networkx(), "holder").values()
    assert (holder["label"], holder["names"]) == ("Health Minister Lee", "Health Minister Lee; Lee; Minister Lee")


def test_each_article_that_speaks_for_itself_is_a_node_of_its_own():
    a, b = (says(None, 1, article) for article in ("first", "second"))
    graph = replace(NOTHING, contradictions=(make_contradiction(a, b),)).to_networkx()
    assert [about["article"] for about in nodes_of(graph, "article").values()] == ["first", "second"]
    assert not nodes_of(graph, "holder")


def test_bare_sentences_are_stated_by_their_articles():
    sides = [replace(says(None, 1, article), attribution=Attribution()) for article in ("first", "second")]
    graph = replace(NOTHING, contradictions=(make_contradiction(*sides),)).to_networkx()
    assert sorted(relation for *_, relation in graph.edges(data="relation")) == ["contradicts", "states", "states"]


def test_a_reprint_is_the_statement_that_it_repeats():
    first, other = says("the mayor", 1, "a"), says("the judge", 2, "b")
    copy = make_article("c", first.statement.text)
    start, end = first.statement.start, first.statement.end
    there = Statement("c", copy.text, 0, len(copy.text), None, (Place("a", start, end),))
    reprint = Side(copy, there, first.attribution)
    here = replace(first, statement=replace(first.statement, also=(Place("c", 0, len(copy.text)),)))
    found = (make_contradiction(here, other), make_contradiction(reprint, says("the judge", 3, "b")))
    assert len(nodes_of(replace(NOTHING, contradictions=found).to_networkx(), "statement")) == 3


def test_sets_share_no_node():
    one, two = (
        make_contradiction(*(replace(side, article=replace(side.article, set=name)) for side in sides))
        for name, sides in (
            ("harbour", (says("NWO", 1), says("the mayor", 2))),
            ("hills", (says("NWO", 1), says(None, 2))),
        )
    )
    graph = replace(NOTHING, contradictions=(one, two)).to_networkx()
    parts = [{graph.nodes[node]["set"] for node in part} for part in nx.weakly_connected_components(graph)]
    assert sorted(map(sorted, parts)) == [["harbour"], ["hills"]]
    assert [about["label"] for about in nodes_of(graph, "holder").values()] == ["NWO", "the mayor", "NWO"]


def test_an_empty_report_is_an_empty_graph():
    assert not NOTHING.to_networkx()


@pytest.mark.parametrize("attack", ["none", *ATTACKS], ids=range(len(ATTACKS) + 1))
def test_graphml_brings_the_graph_back(attack):
    report = make_report() if attack == "none" else make_hostile_report(attack)
    graph = report.to_networkx()
    back = nx.read_graphml(io.BytesIO(graphml(graph)))
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {(a, b): about for a, b, about in back.edges(data=True)} == dict(graph.edges.items())
    assert {type(value) for about in dict(graph.nodes(data=True)).values() for value in about.values()} <= {
        str,
        int,
        float,
    }


def test_what_xml_forbids_is_replaced_one_for_one():
    (statement, *_) = nodes_of(make_hostile_report("a\x00b\ud83d\uffff").to_networkx(), "statement").values()
    assert statement["text"] == "It is so, said a\ufffdb\ufffd\ufffd at noon."


def test_the_same_report_gives_the_same_graph_in_every_run():
    code = """
import sys, networkx, report_samples
networkx.write_graphml(report_samples.make_report().to_networkx(), sys.stdout.buffer)
"""
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs == [graphml(make_report().to_networkx())] * 2


# The dataset


def test_dataset_has_the_rows_columns_and_types_of_the_frame():
    report = make_report()
    frame, dataset = report.to_pandas(), report.to_datasets()
    assert {name: value.dtype for name, value in dataset.features.items()} == {
        name: str(dtype) for name, dtype in frame.dtypes.items()
    }
    pd.testing.assert_frame_equal(pd.DataFrame(dataset.to_list()).astype(frame.dtypes), frame)
    assert dataset[0]["set"] is None


def test_dataset_of_an_empty_report_has_the_same_columns():
    assert NOTHING.to_datasets().features == make_report().to_datasets().features
    assert len(NOTHING.to_datasets()) == 0


def test_dataset_takes_whatever_the_articles_hold():
    for attack in ATTACKS:
        report = make_hostile_report(attack)
        assert report.to_datasets()[0]["a_text"] == report.to_pandas()["a_text"][0]


# CSV


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_of_the_csv_is_run_by_a_spreadsheet(start, tmp_path):
    def starting(value):
        return f"{start}{value}" if isinstance(value, str) else value

    report = make_hostile_report("x")
    (found,) = report
    sides = [
        replace(
            side,
            article=replace(
                side.article,
                **{
                    name: starting(getattr(side.article, name))
                    for name in ("id", "title", "source", "published", "language")
                },
            ),
            statement=replace(side.statement, text=starting(side.statement.text)),
            attribution=replace(side.attribution, speaker=f"{start}h", stance=f"{start}s", claim=f"{start}c"),
        )
        for side in (found.a, found.b)
    ]
    (result, *rest) = report.sets
    topic = replace(result.topics[0], keywords=(f"{start}k",))
    changed = replace(found, set=f"{start}set", evidence=f"{start}e", a=sides[0], b=sides[1])
    hostile = replace(report, contradictions=(changed,), sets=(replace(result, topics=(topic,)), *rest))
    write_report(hostile, "csv", tmp_path / "found.csv")
    header, cells = csv.reader(io.StringIO((tmp_path / "found.csv").read_bytes().decode(), newline=""))
    escaped = {column for column, cell in zip(header, cells, strict=True) if cell.startswith(f"'{start}")}
    texts = hostile.to_pandas().select_dtypes("string").columns
    assert escaped == set(texts) - {"kind"}  # which is one of three words of ours
    assert not [cell for cell in cells if cell.startswith(start)]
