"""Pure functions on words: cleaning, searching, sorting, reading what people type.

The lowest layer: nothing here knows of databases, requests or languages of the interface. What is wrong with a
text is told by a code and its parameters (:mod:`crm_core.text.problems`), a higher layer says it in a language.
"""
