"""reconciler: a column of a data frame, reconciled by a client of others."""

from __future__ import annotations

import pandas as pd
from reconciler import reconcile


def test_a_column_is_reconciled(address: str) -> None:
    names = pd.Series(
        ["MoPD&SI", "سی پیک", "中巴经济走廊", "Higher Educaton Commission", "Air China"]
    )
    frame = reconcile(names, reconciliation_endpoint=f"{address}/reconcile")
    certain = frame[frame["match"]].set_index("input_value")["id"].to_dict()
    assert certain == {
        "MoPD&SI": "MoPDSI",
        "سی پیک": "CPEC",
        "中巴经济走廊": "CPEC",
        "Higher Educaton Commission": "HEC",
    }


def test_a_column_of_a_type_and_with_a_property_is_reconciled(address: str) -> None:
    table = pd.DataFrame({"place": ["Islamabad"], "country": ["Pakistan"]})
    frame = reconcile(
        table["place"],
        type_id="City",
        property_mapping={"inCountry": table["country"]},
        reconciliation_endpoint=f"{address}/reconcile",
    )
    assert frame[["id", "match", "type_id"]].to_numpy().tolist() == [["Islamabad", True, "City"]]
