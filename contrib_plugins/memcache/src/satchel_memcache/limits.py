"""What no store can promise that keeps values on memcached hosts alone, for ``satchel doctor``."""

CANNOT = (
    "What both of its memcached hosts have lost is gone: they failed together, or one after the"
    " other before it was used again.",
    "A memcached host that is full drops what it holds without a word: give it memory (-m) for all"
    " that is open at a time.",
    "Two nodes that reach different memcached hosts both acknowledge what they write, and one of"
    ' their writes is lost; the counter "alone" grows.',
)
