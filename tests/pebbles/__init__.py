"""A plugin with one kind of record that points at customers: what the machine of plugins is played through with, in one process."""

from crm_core.sdk import Manifest

manifest = Manifest("pebbles", "Pebbles", "1.0", requires=("core>=0.1,<1",))
