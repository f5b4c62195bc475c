"""Files without what they tell of their makers."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pikepdf
import pytest
from openpyxl.comments import Comment
from PIL import Image

from kepu.appraisal import metadata, portable
from kepu.appraisal.blind import BLANK, NOBODY, Names
from kepu.appraisal.metadata import Unclean
from kepu.kernel.files.kinds import Kind

SECRET = "秘密馆示例"
NAMES = Names(frozenset({SECRET}))
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"


def bare(raw: bytes, kind: Kind, tmp_path, names=NAMES) -> bytes:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(raw)
    metadata.strip(source, target, kind, names)
    return target.read_bytes()


# --- PDF ------------------------------------------------------------------------------------------


def photograph() -> bytes:
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = "Secret Artist"
    Image.new("RGB", (40, 30), "teal").save(written, "JPEG", exif=exif, comment=b"Secret Comment")
    return written.getvalue()


def pdf(change=None) -> bytes:
    """Two pages with a photograph; `change` adds to it."""
    made = pikepdf.new()
    for _page in range(2):
        made.add_blank_page(page_size=(200, 200))
    page = made.pages[0]
    picture = pikepdf.Stream(
        made, photograph(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=40,
        Height=30, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.Contents = made.make_stream(b"q 40 0 0 30 10 10 cm /Im0 Do Q BT (kept words) Tj ET")
    if change:
        change(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def whole(raw: bytes) -> str:
    """All that a PDF holds, streams unpacked."""
    with pikepdf.open(io.BytesIO(raw)) as found:
        told = [repr(one) for one in found.objects]
        told += [_unpacked(one) for one in found.objects if isinstance(one, pikepdf.Stream)]
    return "".join(told) + raw.decode("latin-1")


def _unpacked(stream) -> str:
    try:
        return stream.read_bytes().decode("latin-1")
    except pikepdf.PdfError:
        return stream.read_raw_bytes().decode("latin-1")


def _information(made):
    made.docinfo["/Author"], made.docinfo["/Title"] = "Secret Author", "Secret Title"
    with made.open_metadata() as xmp:
        xmp["dc:creator"] = ["Secret Creator"]


def _attachment(made):
    made.attachments["Secret.txt"] = b"Secret Attachment"


def _page_marks(made):
    made.pages[0].obj.PieceInfo = pikepdf.Dictionary(Word=pikepdf.String("Secret Piece"))
    made.pages[0].obj.LastModified = pikepdf.String("Secret Day")
    made.pages[0].obj.Metadata = made.make_stream(b"<x>Secret Page</x>")
    made.pages[0].obj.Resources.XObject.Im0.Metadata = made.make_stream(b"<x>Secret Picture</x>")


def _notes(made):
    made.pages[0].obj.Annots = pikepdf.Array([
        made.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(kind), Rect=[0, 0, 10, 10],
            T=pikepdf.String("Secret Reader"), Contents=pikepdf.String("Secret Note"),
        ))
        for kind in ("/Text", "/Stamp", "/Popup", "/FileAttachment")
    ])  # fmt: skip


def _script(made):
    made.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("Secret Script")
    )
    made.Root.Outlines = pikepdf.Dictionary(Title=pikepdf.String("Secret Outline"))


@pytest.mark.parametrize(
    "change",
    [None, _information, _attachment, _page_marks, _notes, _script],
    ids=lambda one: getattr(one, "__name__", "as it is"),
)
def test_a_pdf_keeps_its_pages_and_nothing_of_its_makers(change, tmp_path):
    raw = pdf(change)
    assert "Secret" in whole(raw)

    found = bare(raw, Kind.PDF, tmp_path)

    assert "Secret" not in whole(found)
    with pikepdf.open(io.BytesIO(found)) as opened:
        assert len(opened.pages) == 2
        assert b"kept words" in opened.pages[0].Contents.read_bytes()
        picture = opened.pages[0].Resources.XObject.Im0.read_raw_bytes()
        assert Image.open(io.BytesIO(picture)).size == (40, 30)
        assert opened.docinfo.keys() == set()


def test_an_earlier_version_in_the_file_goes(tmp_path):
    old = pdf()
    later = old + b"\n%Secret leftover of an earlier version\n%%EOF\n"

    assert b"Secret leftover" not in bare(later, Kind.PDF, tmp_path)


def test_what_was_filled_in_stays_on_the_page(tmp_path):
    def form(made):
        field = made.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx,
            T=pikepdf.String("Secret Field"), V=pikepdf.String("filled in"), F=4,
            DA=pikepdf.String("/Helv 12 Tf 0 g"), Rect=[10, 100, 150, 120],
        ))  # fmt: skip
        made.pages[0].obj.Annots = pikepdf.Array([field])
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        made.Root.AcroForm = pikepdf.Dictionary(
            Fields=[field], DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
            NeedAppearances=True, DA=pikepdf.String("/Helv 12 Tf 0 g"),
        )  # fmt: skip

    found = bare(pdf(form), Kind.PDF, tmp_path)

    assert "filled in" in whole(found)
    assert "Secret" not in whole(found)


def test_a_locked_pdf_and_one_with_hidden_layers_are_not_shown(tmp_path):
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))

    def layers(made):
        layer = made.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("x"))
        )
        made.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=pikepdf.Dictionary(OFF=[layer]))

    with pytest.raises(Unclean, match="password"):
        bare(locked.getvalue(), Kind.PDF, tmp_path)
    with pytest.raises(Unclean, match="hidden layers"):
        bare(pdf(layers), Kind.PDF, tmp_path)
    with pytest.raises(Unclean, match="damaged"):
        bare(b"%PDF-1.7\nnothing of the kind\n%%EOF", Kind.PDF, tmp_path)


def test_a_picture_that_cannot_be_looked_into_keeps_the_whole_file_back(tmp_path):
    def twice(made):
        made.pages[0].Resources.XObject.Im0.Filter = pikepdf.Array(
            [pikepdf.Name.ASCIIHexDecode, pikepdf.Name.DCTDecode]
        )

    with pytest.raises(Unclean, match="packed twice"):
        bare(pdf(twice), Kind.PDF, tmp_path)


def test_the_picture_of_a_jpeg_is_not_touched():
    raw = photograph()
    found = portable.bare_jpeg(raw)

    assert b"Secret" in raw
    assert b"Secret" not in found
    assert Image.open(io.BytesIO(found)).tobytes() == Image.open(io.BytesIO(raw)).tobytes()


# --- documents and workbooks ----------------------------------------------------------------------


def document(body: str, more: dict[str, bytes] | None = None, rels: str = "") -> bytes:
    """A DOCX; `body` stands in its body, `rels` among its relations."""
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/x"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/d"/>'
            '<Override PartName="/docProps/core.xml" ContentType="application/c"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{REL}">'
            f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/>'
            '<Relationship Id="rId2" Type="http://x/core-properties" Target="docProps/core.xml"/>'
            "</Relationships>"
        ),
        "docProps/core.xml": "<c><creator>Secret Creator</creator></c>",
        "word/document.xml": (
            f'<w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="urn:mc" mc:Ignorable="w">'
            f"<w:body>{body}</w:body></w:document>"
        ),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{REL}">{rels}</Relationships>',
        **(more or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def everything(raw: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return "\n".join(
            f"{name}\n{archive.read(name).decode('utf-8', 'replace')}"
            for name in archive.namelist()
        )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ('<w:p w:rsidR="00Secret"><w:r><w:t>正文</w:t></w:r></w:p>', "正文"),
        ('<w:ins w:author="Secret" w:date="2026"><w:r><w:t>增补</w:t></w:r></w:ins>', "增补"),
        ('<w:p><w:del w:author="Secret"><w:r><w:delText>Secret</w:delText></w:r></w:del></w:p>', ""),
        ('<w:p><w:pPr><w:pPrChange w:author="Secret"><w:pPr/></w:pPrChange></w:pPr></w:p>', ""),
        ('<w:p><w:commentRangeStart w:id="1"/><w:r><w:commentReference w:id="Secret"/></w:r></w:p>', ""),
        ('<w:drawing><wp:docPr xmlns:wp="urn:wp" id="1" name="Secret.jpg" descr="C:/Secret"/></w:drawing>',
         "docPr"),
    ],
)  # fmt: skip
def test_a_document_keeps_its_text_and_nothing_of_its_makers(body, left, tmp_path):
    raw = document(body)
    assert "Secret" in everything(raw)

    found = everything(bare(raw, Kind.DOCX, tmp_path))

    assert "Secret" not in found
    assert left in found
    assert "docProps" not in found
    assert 'mc:Ignorable="w"' in found


def test_comments_people_custom_data_and_templates_are_left_behind(tmp_path):
    kinds = ("comments", "people", "customXml", "attachedTemplate", "commentsExtended")
    rels = "".join(
        f'<Relationship Id="x{n}" Type="{R}/{kind}" Target="{kind}.xml"/>'
        for n, kind in enumerate(kinds)
    )
    more = {f"word/{kind}.xml": b"<x>Secret</x>" for kind in kinds}

    found = everything(bare(document(paragraph("正文"), more, rels), Kind.DOCX, tmp_path))

    assert "Secret" not in found
    assert "正文" in found
    assert not any(kind in found for kind in kinds)


def test_links_lead_nowhere(tmp_path):
    rels = (
        f'<Relationship Id="x" Type="{R}/hyperlink" Target="http://secret.example.org"'
        ' TargetMode="External"/>'
    )

    found = everything(bare(document(paragraph("正文"), None, rels), Kind.DOCX, tmp_path))

    assert "secret" not in found
    assert "about:blank" in found


def test_a_part_that_nobody_knows_keeps_the_whole_document_back(tmp_path):
    rels = f'<Relationship Id="x" Type="{R}/oleObject" Target="x.bin"/>'

    with pytest.raises(Unclean, match="oleObject"):
        bare(document("", {"word/x.bin": b"Secret"}, rels), Kind.DOCX, tmp_path)


def test_names_are_blanked_even_where_a_word_is_torn_apart(tmp_path):
    torn = "<w:p><w:r><w:t>秘密</w:t></w:r><w:r><w:t>馆示例的制度</w:t></w:r></w:p>"

    found = everything(bare(document(paragraph(f"{SECRET}章程") + torn), Kind.DOCX, tmp_path))

    assert found.count(BLANK) == 2
    assert "章程" in found
    assert "的制度" in found


def test_pictures_in_a_document_are_written_anew(tmp_path):
    rels = f'<Relationship Id="x" Type="{R}/image" Target="media/a.jpeg"/>'
    raw = document(paragraph("图"), {"word/media/a.jpeg": photograph()}, rels)

    found = bare(raw, Kind.DOCX, tmp_path)

    assert "Secret" not in everything(found)
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        assert Image.open(archive.open("word/media/a.jpeg")).size == (40, 30)


def test_an_entity_is_no_way_in(tmp_path):
    raw = document(paragraph("x"), {
        "word/document.xml": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    })  # fmt: skip

    with pytest.raises(Unclean, match="damaged"):
        bare(raw, Kind.DOCX, tmp_path)


def test_a_workbook_keeps_its_cells_and_nothing_of_its_makers(tmp_path):
    book = openpyxl.Workbook()
    book.properties.creator = "Secret Creator"
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["B1"] = f"{SECRET}台账", "参观人次", 1234
    sheet["A1"].comment = Comment("Secret Comment", "Secret Author")
    written = io.BytesIO()
    book.save(written)

    found = bare(written.getvalue(), Kind.XLSX, tmp_path)

    assert "Secret" not in everything(found)
    cells = openpyxl.load_workbook(io.BytesIO(found)).active
    assert [cells["A1"].value, cells["A2"].value, cells["B1"].value] == [
        f"{BLANK}台账", "参观人次", 1234,
    ]  # fmt: skip


def test_a_table_is_searched_for_names(tmp_path):
    raw = f"单位,电话\n{SECRET},13800001111\n示例,1\n".encode("gb18030")

    found = bare(raw, Kind.CSV, tmp_path).decode("utf-8-sig")

    assert found.splitlines() == ["单位,电话", f"{BLANK},{BLANK}", "示例,1"]


def test_a_kind_that_nobody_cleans_is_not_shown(tmp_path):
    with pytest.raises(Unclean, match="kind"):
        bare(b"PK", Kind.ZIP, tmp_path, NOBODY)
