"""Files of each format with little in them: as few programs would write them, but all can read them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

import openpyxl

FIRST = "The army command announced the capture of the town on Thursday. It said the last stronghold had fallen."
SECOND = "A monitoring group doubted this and said fighting continued in the north. Nobody could verify the claims."
ARABIC = "أعلنت القيادة العامة للجيش يوم الخميس السيطرة الكاملة على المدينة."
PAGE = (
    "<!DOCTYPE html><html lang='en'><head><meta charset='{charset}'><title>Army takes town</title></head>"
    f"<body><nav><a href='/'>Home</a></nav><article><h1>Army takes town</h1><p>{FIRST}</p><p>{SECOND}</p></article>"
    "</body></html>"
)


def pdf(*pages: str, title: str = "", image: bool = False) -> bytes:
    """A PDF document with these lines on its pages, as few programs would write it but all can read it."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        lines = "".join(f"({line.replace('(', '').replace(')', '')}) Tj T* " for line in page.split("\n") if line)
        content = "10 0 0 10 0 0 cm" if image else f"BT /F1 12 Tf 14 TL 50 800 Td {lines}ET"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) /Author (A. Reporter) >>")
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    return (
        data
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer\n{trailer}\nstartxref\n{len(data)}\n%%EOF\n"
        ).encode()
    )


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return data.getvalue()


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
CORE = (
    '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The title</dc:title>'
    "<dc:creator>A. Reporter</dc:creator></cp:coreProperties>"
)


def docx(body: str, **parts: str) -> bytes:
    document = f"<w:document {WORD} {MC}><w:body>{body}</w:body></w:document>"
    named = {f"word/{name}.xml": content for name, content in parts.items()}
    return archive({"word/document.xml": document, "docProps/core.xml": CORE, **named})


def w(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Desk <desk@example.org>"
    message["Subject"] = "Army takes town"
    message["Date"] = "Thu, 09 Nov 2017 23:30:00 -0500"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


RSS = f"""<?xml version="1.0" encoding="{{encoding}}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Levant Desk</title><language>en-gb</language>
<item><title>Army &amp; town</title><link>https://example.org/1</link><guid>one</guid>
<pubDate>Thu, 09 Nov 2017 23:30:00 -0500</pubDate><dc:creator>A. Reporter</dc:creator><description>Short.</description>
<content:encoded><![CDATA[<p>{FIRST}</p><p>{SECOND}</p><script>x()</script>]]></content:encoded></item>
<item><title>Only a title: {ARABIC}</title><link>javascript:alert(1)</link></item>
<item><title></title><description></description><guid>empty</guid></item>
<item><title>Bad day</title><pubDate>yesterday</pubDate><description>Words.</description><guid>one</guid></item>
</channel></rss>"""


def xlsx(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def warc(*pages: tuple[str, str, bytes, str]) -> bytes:
    data = b""
    for url, status, body, kind in pages:
        content = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Encoding: gzip\r\n\r\n".encode()
        content += gzip.compress(body)
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2017-11-10T08:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        data += gzip.compress(head.encode() + content + b"\r\n\r\n")
    return data
