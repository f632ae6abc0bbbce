"""The models of the kernel's protocols hold, and fail with each fault that their heads name."""

import pytest
from parley import model

WAYS = [(name, fault) for name in model.names() for fault in (None, *model.faults(name))]


def test_each_model_can_fail():
    assert model.names() and all(model.faults(name) for name in model.names())


@pytest.mark.parametrize("name,fault", WAYS, ids=lambda part: part or "as it is")
def test_model(name, fault):
    reason = model.unable()
    if reason:
        pytest.skip(reason)
    text = model.search(name, fault)
    assert model.verdict(text) == ("an error" if fault else "no error"), text


def test_a_search_that_was_cut_proves_nothing():
    good = "State-vector 68 byte, depth reached 180, errors: 0\n"
    assert model.verdict(good) == "no error"
    assert model.verdict(good.replace("0\n", "1\n")) == "an error"
    assert model.verdict("error: max search depth too small\n" + good) == "max search depth too small"
    assert model.verdict(good + "unreached in proctype cpu\n\tx.pml:9, state 7, \"f = 1\"\n\t(1 of 9 states)\n"
                         ).startswith("never reached: x.pml:9")
    assert model.verdict("pan: out of memory") == "no verdict"
