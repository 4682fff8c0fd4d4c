"""How rows of a file may be treated: option → what it may be, what is usual first. Items.Options says what each means."""

CHOICES: dict[str, tuple[str, ...]] = {
    "existing": ("update", "refresh", "skip"), "doubtful": ("skip", "same", "new", "leave"), "unknown": ("note", "refuse"),
    "none": ("new", "refuse", "leave"), "several": ("refuse", "oldest"), "empty": ("keep", "clear"), "likely": ("look", "no"),
}
