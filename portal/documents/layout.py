"""Laying out one document after another, in a process of its own that knows no database, no settings and no secrets.

Started by `portal.documents.renderer` as `python -m portal.documents.layout`. It reads orders from its standard input
and answers on its standard output, each a line with the length and then so many bytes. Nothing in an order is fetched:
HTML comes whole with its style sheet, a Typst template reads templates only and gets its words as data, never as markup.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections.abc import Mapping
from typing import IO, Any, NoReturn

STRIP_WIDTHS_MM = {"strip": 80, "narrow": 58}
"""The named pages of the style sheet that are as long as what stands on them."""
TALLEST_STRIP_MM = 3000
STRIP_END = "end"
STRIP_TAIL_MM = 5
CSS_PIXELS_PER_MM = 96 / 25.4
HTML_VARIANT = "pdf/a-3a"
DONE, FAILED = b"+", b"-"

# WeasyPrint names one standard in a file; a sheet keeps two. PDF/A wants a property of another schema described.
_ACCESSIBLE = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


class FetchRefused(ValueError):
    """A document asked for something outside itself."""


def from_typst(order: Mapping[str, Any]) -> bytes:
    """The template with its data as PDF/A-3 and PDF/UA-1, attachments inside."""
    import typst

    return typst.compile(
        f"{order['root']}/{order['template']}",
        root=order["root"],
        format="pdf",
        sys_inputs={"data": json.dumps(order["data"]), "attachments": json.dumps(order["attachments"])},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=order["issued_at"],
    )


def from_html(order: Mapping[str, Any]) -> bytes:
    """The page as PDF/A-3 and PDF/UA-1, made from nothing but itself and the style sheet that came with it.

    A strip is laid out twice: once to learn how long it is (its element `#end` closes it), once on paper of that length.
    """
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint comes without types
        """Documents show customers' words: no address in them is opened, neither a file nor a neighbour's server."""

        def fetch(self, url: str, headers: Any = None) -> NoReturn:
            raise FetchRefused("Documents fetch nothing.")

    def sheet(text: str) -> CSS:
        return CSS(string=text, url_fetcher=Nothing())

    page, styles = HTML(string=order["html"], url_fetcher=Nothing()), [sheet(order["css"])]
    options = {"pdf_variant": HTML_VARIANT, "pdf_tags": True}
    if order["strip"]:
        long = page.render(stylesheets=[*styles, sheet(_strip(TALLEST_STRIP_MM))], **options)
        styles.append(sheet(_strip(_end_mm(long) + STRIP_TAIL_MM)))
    laid_out = page.render(stylesheets=styles, **options)
    body: bytes = laid_out.write_pdf(pdf_variant=HTML_VARIANT, finisher=_name_both_standards)
    return body


def _name_both_standards(_document: Any, pdf: Any) -> None:
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    said = b"".join(part if isinstance(part, bytes) else str(part).encode() for part in metadata.stream)
    metadata.stream = [said.replace(b"</rdf:RDF>", _ACCESSIBLE.encode(), 1)]


def _strip(height_mm: int) -> str:
    return " ".join(f"@page {name} {{ size: {width}mm {height_mm}mm }}" for name, width in STRIP_WIDTHS_MM.items())


def _end_mm(strip: Any) -> int:
    """Where the strip's last element ends, in whole millimetres."""
    _, _, _, bottom = strip.pages[0].anchors[STRIP_END]
    return int(bottom / CSS_PIXELS_PER_MM) + 1


ENGINES = {"typst": from_typst, "html": from_html}


def main(memory_bytes: int, cpu_seconds: int) -> None:
    """Answer orders until there are no more. Memory is bounded for good, processor time anew for each document."""
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints must not stand among the answers.
    sys.stdout = sys.stderr
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    while (order := read(orders)) is not None:
        _allow(cpu_seconds)
        try:
            answer = DONE + ENGINES[json.loads(order)["engine"]](json.loads(order))
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked is told, and decides
            answer = FAILED + f"{type(error).__name__}: {error}".encode()
        write(answers, answer)


def _allow(cpu_seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def read(stream: IO[bytes]) -> bytes | None:
    """One message; None where there are no more, or where it was cut short."""
    length = stream.readline()
    if not length:
        return None
    message = stream.read(int(length))
    return message if len(message) == int(length) else None


def write(stream: IO[bytes], message: bytes) -> None:
    """Send one message."""
    stream.write(b"%d\n" % len(message))
    stream.write(message)
    stream.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
