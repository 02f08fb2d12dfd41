"""Reads mails (EML): the body that says most, with sender and date. Attachments are named and not read."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import default
from email.utils import parsedate_tz

from assistant.dates import PartialDate
from index.readers.decoding import Decoded, clean, decode
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.fields import http_url, one_line, split_name
from index.readers.markup import text_of

__all__ = ["header", "payload", "read", "sent_on"]


def read(file: RawFile) -> Iterator[Draft]:
    """The one report in the mail. Unreadable where it has no body with text."""
    mail = BytesParser(policy=default).parsebytes(file.data)
    if not mail.keys():
        raise Unreadable("it has no headers, such as From and Date: no mail")
    body, text = _body(mail)
    published = sent_on(mail)
    attached = [
        one_line(clean(part.get_filename() or "")) or part.get_content_type() for part in mail.iter_attachments()
    ]
    yield Draft(
        origin=file.origin,
        digest=file.digest,
        text=text,
        title=header(mail, "Subject") or split_name(file.name)[0],
        published=published,
        source=None,
        url=file.url,
        language=None,
        encoding=body.encoding,
        warnings=body.warnings + ((f"attachments, not read: {', '.join(attached)}"[:300],) if attached else ()),
        details=known(
            author=header(mail, "From"),
            published_from="metadata" if published.year is not None else None,
            archive_url=http_url((header(mail, "Archived-At") or "").strip("<>")),
            attachments=", ".join(attached)[:1000],
            encoding_from=body.encoding_from,
        ),
    )


def _body(mail: EmailMessage) -> tuple[Decoded, str]:
    """The plain text, or else the text of the HTML; the HTML also where the plain text is hardly there."""
    found: list[tuple[Decoded, str]] = []
    for kind in ("plain", "html"):
        part = mail.get_body(preferencelist=(kind,))
        if part is None or not (data := payload(part)).strip():
            continue
        decoded = decode(data, part.get_content_charset())
        found.append((decoded, decoded.text.strip() if kind == "plain" else text_of(decoded.text)))
    found = [(decoded, text) for decoded, text in found if text]
    if not found:
        raise Unreadable("it has no text; if it is in an attachment, save that on its own")
    plain = found[0]
    return found[-1] if 5 * len(plain[1]) < len(found[-1][1]) else plain


def payload(part: MIMEPart) -> bytes:
    """The bytes of a part, as they were before base64 or quoted-printable."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def header(mail: MIMEPart, name: str) -> str | None:
    """A header on one line, or None; also where it is broken beyond what the library reads."""
    try:
        return one_line(clean(str(mail.get(name, ""))))
    except (ValueError, IndexError, AttributeError, TypeError):  # known of email.headerregistry on broken headers
        return None


def sent_on(mail: EmailMessage) -> PartialDate:
    """The day in the Date header as it is written there, whatever the time zone; unknown where there is none."""
    try:
        parts = parsedate_tz(header(mail, "Date") or "")
        return PartialDate(*parts[:3]) if parts else PartialDate()
    except (ValueError, TypeError, IndexError):
        return PartialDate()
