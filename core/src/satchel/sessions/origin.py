"""Origin: whether a browser says that another site made it send this request."""

from collections.abc import Mapping


def is_cross_site(headers: Mapping[str, str], scheme: str, host: str) -> bool:
    """Whether the request comes from a page of another site, host, port or scheme.

    ``scheme`` and ``host`` are those that the client used. A client that says nothing of the kind
    is no browser of today; its form still needs the CSRF token.
    """
    fetched_from = headers.get("Sec-Fetch-Site")
    if fetched_from is not None and fetched_from not in ("same-origin", "none"):
        return True
    origin = headers.get("Origin")
    return origin is not None and origin.lower() != f"{scheme}://{host}".lower()
