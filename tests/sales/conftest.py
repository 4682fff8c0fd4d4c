"""A house with sales switched on, in the fixtures of `crm_core.testing`: these tests look behind the sdk (flows, undo, the mail that was made)."""

from crm_core.testing.fixtures import (  # noqa: F401
    api,
    as_user,
    browser,
    deliver,
    empty_house,
    house,
    make,
    max_statements,
    plugins,
    run_job,
    site,
    today,
)
