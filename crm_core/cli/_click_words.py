"""The words of click itself, marked for our catalog: click looks them up with gettext under the same texts."""

import gettext
import os

from crm_core.kernel.i18n import CORE, known_language
from crm_core.text.problems import N_

WORDS = (
    N_("Usage:"), N_("Options"), N_("Commands"), N_("Show this message and exit."), N_("Aborted!"), N_("deprecated"),
    N_("Error: {message}"), N_("Try '{command} {option}' for help."), N_("Missing command."), N_("Missing argument"),
    N_("Missing option"), N_("Missing {param_type}"), N_("No such option {name!r}."), N_("No such command {name!r}."),
    N_("Invalid value: {message}"), N_("Invalid value for {param_hint}: {message}"), N_("default: {default}"),
    N_("Option {name!r} does not take a value."), N_("file"), N_("directory"), N_("path"),
    N_("{name} {filename!r} does not exist."), N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."), N_("{name} {filename!r} is not readable."),
    N_("{value!r} is not a valid {number_type}."), N_("{value} is not in the range {range}."),
    N_("Choose from:\n\t{choices}"), N_("Repeat for confirmation"), N_("Error: invalid input"),
    N_("Error: The two entered values do not match."),
)


def speak(language: str) -> None:
    """Have click speak the language of the terminal, from the compiled catalog (`make assets`)."""
    code = known_language(language)
    if code is not None:
        os.environ["LANGUAGE"] = code
        gettext.bindtextdomain("messages", str(CORE))
