"""Looks into PDFs with a reader that is not ours (pypdf). usage: paper.py FILE…

Prints a JSON list, one object a file: what the file declares of itself (XMP), and what its structure holds.
"""

import json
import re
import sys
from collections import Counter

from pypdf import PdfReader


def structure(node, seen, tags, depth=0):
    """Counts the elements of the structure tree; `seen` holds indirect references, for a tree that would turn in circles."""
    if depth > 200:
        raise ValueError("the structure is too deep")
    kids = node.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    for kid in kids if isinstance(kids, list) else [kids]:
        reference = getattr(kid, "idnum", None)
        if reference is not None:
            if reference in seen:
                continue
            seen.add(reference)
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict) and "/S" in kid:
            tags[kid["/S"].lstrip("/")] += 1
            structure(kid, seen, tags, depth + 1)


def embedded(reader):
    """Whether every font that a page names has its program in the file."""
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            for one in font.get("/DescendantFonts", [font]):
                descriptor = one.get_object().get("/FontDescriptor", {})
                descriptor = descriptor.get_object() if descriptor else {}
                # A font of Type 3 is made of drawings in the file itself.
                if font["/Subtype"] != "/Type3" and not any(f"/FontFile{n}" in descriptor for n in ("", 2, 3)):
                    return False
    return True


def read(path):
    """One file."""
    reader = PdfReader(path, strict=True)
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    said = lambda name: (re.search(rf"{name}[=>]\"?([^<\"]+)", xmp) or [None, None])[1]
    tags = Counter()
    if "/StructTreeRoot" in root:
        structure(root["/StructTreeRoot"], set(), tags)
    return {
        "pages": len(reader.pages),
        "title": reader.metadata.title,
        "language": root.get("/Lang"),
        "marked": bool(root.get("/MarkInfo", {}).get("/Marked", False)),
        "pdfa": f"{said('pdfaid:part')}{said('pdfaid:conformance')}",
        "pdfua": said("pdfuaid:part"),
        "output_intent": [str(one["/S"]) for one in root.get("/OutputIntents", [])],
        "embedded": embedded(reader),
        "tags": dict(tags),
        "scripts": "/JavaScript" in root.get("/Names", {}) or "/OpenAction" in root,
    }


print(json.dumps([read(path) for path in sys.argv[1:]], ensure_ascii=False))
