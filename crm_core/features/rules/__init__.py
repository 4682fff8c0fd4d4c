"""Rules 自动化: when – if – then, with the rights of who made them; playbooks, which are rules of several steps with a share held out."""
