"""How a message is quoted in its answer."""

from satchel_site.quoting import forward_subject, reply_subject, text_of_html


def test_html_becomes_lines_of_text() -> None:
    source = (
        "<style>p{}</style><p>Hello &amp; <b>welcome</b></p><ul><li>one</li><li>two</li></ul>a<br>b"
    )

    assert "Hello & welcome\none\ntwo\na\nb" == text_of_html(source)


def test_one_re_is_enough() -> None:
    assert "Re: Lunch" == reply_subject("Lunch")
    assert "RE: Lunch" == reply_subject("RE: Lunch")
    assert "Fwd: Re: Lunch" == forward_subject("Re: Lunch")
    assert "Re: Reading" == reply_subject("Reading")
