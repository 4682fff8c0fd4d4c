"""Why a file cannot be read, as codes with English sentences; the layer that shows them translates."""

from __future__ import annotations

from collections.abc import Mapping

from crm_core.text.problems import N_


class UnreadableFile(ValueError):
    """A file that cannot be taken as a table; ``code`` is a key of :data:`UNREADABLE`, ``params`` its values.

    Nothing has been changed when it is raised by ``open_table`` or ``Table.check``.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params: Mapping[str, object] = params
        super().__init__(UNREADABLE[code] % params)


UNREADABLE: dict[str, str] = {
    "missing": N_("The file is not there or cannot be opened."),
    "empty": N_("The file is empty."),
    "no_rows": N_("The file has a heading but no rows below it."),
    "binary": N_("This is not a table but a file of another kind (%(kind)s). Save it as CSV or XLSX."),
    "document": N_("This is a document (%(kind)s), not a table. Copy the table in it into a spreadsheet and save that as XLSX or CSV."),
    "mail": N_("This is a mail (%(kind)s), not a table. Open it, save the file that is attached to it, and import that."),
    "calendar": N_(
        "This is a calendar: it holds dates, not customers. Export the contacts of the program it comes from, as vCard (.vcf) or CSV,"
        " and import those."
    ),
    "old_excel": N_("This is a workbook of Excel 2003 or before. Open it and save it as XLSX or CSV."),
    "html": N_("This is a web page, not a table, even if its name says Excel. Open it and save it as XLSX or CSV."),
    "nul": N_("Line %(line)s has a NUL character in it: the file is damaged, or is not text."),
    "mixed": N_("Line %(line)s is in another encoding than the lines before it. Save the whole file as UTF-8."),
    "encoding": N_("The file is not in the encoding %(encoding)s: line %(line)s cannot be read in it."),
    "quote": N_(
        "The quotation mark that opens in line %(line)s is not closed where its cell ends. Close it, or write it twice if"
        " it belongs to the text."
    ),
    "cell_long": N_("Line %(line)s has a cell of more than %(most)s characters."),
    "line_long": N_("The file has a line of more than %(most)s characters; is it a table?"),
    "columns": N_("The file has %(found)s columns; at most %(most)s can be imported."),
    "bomb": N_("The workbook unpacks to more than is safe (%(found)s MB in %(entries)s parts)."),
    "heavy": N_("Reading this file takes more memory or time than is safe. Save it as CSV, or in several files."),
    "workbook": N_("The workbook is damaged or locked with a password; Excel could save it anew without."),
    "sheet": N_("The workbook has no sheet with a table."),
    "vcard": N_("The card that begins in line %(line)s is damaged: %(reason)s."),
    "vcard_deep": N_("The card that begins in line %(line)s has cards within cards; that is not safe to read."),
}
