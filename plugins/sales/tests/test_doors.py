"""Every door of sales, tried by people who may not (S1); and that what they may not see tells them nothing (S2)."""

from crm_core.testing import doors, silence

test_doors = doors("sales")
test_silence = silence("sales")
