"""The fixtures of `crm_core.testing`, for tests of this plugin that are run with the project's own."""

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
