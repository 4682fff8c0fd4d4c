"""`python -m crm_core` is `crm`: for who has the package and not the command on the path."""

from crm_core.cli import main

main()
