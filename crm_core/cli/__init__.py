"""The command `crm`; one file a group of commands."""
