"""Prints the grid of annexe 9-5 by WeasyPrint, as `document-bench` prints it by Typst.

usage: weasyprint_grid.py DATA.json DOCUMENTS [OUT.pdf]

The same values, the same two pages, tagged, PDF/UA-1: N filled grids of as many people, one after the other in one thread.
The last one is kept when a file is named, for somebody's eyes.
"""

import json
import os
import sys
import time
from html import escape

from weasyprint import CSS, HTML
from weasyprint import __version__ as version
from weasyprint.text.fonts import FontConfiguration

STYLE = """
@page { size: A4; margin: 9mm 9mm 11mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 7.5pt } }
html { font: 9.6pt serif; line-height: 1.15 }
h1 { font-size: 14pt; margin: 2mm 0 } h2 { font-size: 11pt; margin: 3mm 0 1mm } p { margin: 1mm 0 }
.who, .mark { border: .6pt solid; padding: 1.5mm } .mark { margin: 1mm 0 1mm auto; width: 45mm }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border: .5pt solid; padding: .8mm 1mm; text-align: left; vertical-align: top; font-size: 8.2pt }
.verso { break-before: page } .verso td { font-size: 6.5pt } .verso td.box { text-align: center; vertical-align: middle }
.verso td.block { font-weight: bold; background: #ebebeb } .verso th.level { font-size: 5pt; padding: .5mm 0; text-align: center }
col.label { width: 56mm } col.box { width: 10mm } ul { margin: 0; padding-left: 3mm } td p { margin: 0 }
"""


def html(grid):
    """The form of a value, as `typst/grille.typ` sets it."""
    form, who = grid["form"], grid["identity"]
    said = lambda text: escape(text or "…………")
    tick = lambda on: "☒" if on else "☐"
    out = [f"<html lang=fr><head><title>{escape(form['recto'])}</title></head><body>"]
    out.append(f"<p>{escape(form['diploma'])} – {escape(form['session'])}</p><h1>{escape(form['recto'])}</h1>")
    out += [f"<p>{escape(one)}</p>" for one in form["subtitles"]]
    out.append(
        f"<div class=who><p>Nom, prénom : <b>{said(who.get('name'))}</b> Date : {said(who.get('date'))} "
        f"N° candidat : <b>{said(who.get('number'))}</b></p><p>Épreuve ponctuelle {tick(who.get('form') == 'ponctuelle')} "
        f"Contrôle en cours de formation {tick(who.get('form') == 'ccf')} N° commission : {said(who.get('commission'))}</p></div>"
    )
    out.append("<p>Noms des membres de la commission d’interrogation</p>")
    out += [f"<p>- {escape(one)}</p>" for one in grid["members"]]
    out.append(f"<h2>{escape(form['proposal'])}</h2>")
    out += [f"<p>{escape(one)}</p>" for one in form["notices"]]
    out.append(f"<p class=mark>{escape(form['mark'])} <b>{said(grid.get('mark'))}</b> / 20</p>")
    out.append(f"<h2>{escape(form['penalties'])}</h2>")
    out += [f"<p>{escape(one)}</p>" for one in form["penalty_notices"]]
    for one in grid["penalties"]:
        out.append(f"<p>{tick(one.get('applied') is not None)} {escape(one['label'])} {escape(one['points'])}</p>")
        if one.get("applied") is not None:
            out.append(f"<p>Retenue : {one['applied']} points. Motif : {escape(one.get('reason') or '')}</p>")
    out.append(f"<p class=mark>{escape(form['final_mark'])} <b>{said(grid.get('final_mark'))}</b> / 20</p>")
    out.append(f"<p>{escape(grid.get('explanation') or '')} {escape(form['report'])}</p>")
    out.append(f"<h2>{escape(form['descriptors_title'])}</h2><table><thead><tr>")
    out += [f"<th>{escape(one)}</th>" for one in form["levels"]]
    out.append("</tr></thead><tbody>")
    rows = form["descriptors"]
    for number, row in enumerate(rows):
        out.append("<tr>")
        for column, text in enumerate(row):
            if text == "" and number > 0:
                continue
            span = 1
            while number + span < len(rows) and rows[number + span][column] == "":
                span += 1
            out.append(f"<td rowspan={span}>{escape(text)}</td>")
        out.append("</tr>")
    out.append(f"</tbody></table><h2 class=verso>{escape(form['verso'])}</h2><div class=verso-table><table class=verso2>")
    out.append("<colgroup><col class=label>" + "<col class=box>" * 5 + "<col></colgroup><thead><tr>")
    out.append(f"<th>{escape(form['competences'])}</th>")
    out += [f"<th class=level>{escape(one)}</th>" for one in form["levels"]]
    out.append(f"<th>{escape(form['indicators'])}</th></tr></thead><tbody>")
    for block in grid["blocks"]:
        side = "".join(
            f"<p>{escape(one['text'])}</p>"
            + ("<ul>" + "".join(f"<li>{escape(point)}</li>" for point in one["points"]) + "</ul>" if one.get("points") else "")
            for one in block.get("indicators", [])
        )
        side = f"<td rowspan={len(block['lines']) + (block.get('label') is not None)}>{side}</td>"
        if block.get("label") is not None:
            out.append(f"<tr><td class=block colspan=6>{escape(block['label'])}</td>{side}</tr>")
            side = ""
        for line in block["lines"]:
            boxes = "".join(f"<td class=box>{tick(line.get('ticked') == box)}</td>" for box in range(5))
            out.append(f"<tr><td>{escape(line['label'])}</td>{boxes}{side}</tr>")
            side = ""
    out.append("</tbody></table></div></body></html>")
    return "".join(out)


def main():
    grid = json.load(open(sys.argv[1], encoding="utf-8"))
    documents = int(sys.argv[2])
    fonts = FontConfiguration()
    style = CSS(string=STYLE.replace(".verso td", ".verso2 td").replace(".verso th", ".verso2 th"), font_config=fonts)
    start, before, size, pdf = time.monotonic(), sum(os.times()[:2]), 0, b""
    for number in range(documents):
        grid["identity"]["name"] = f"Candidat Numéro {number}"
        grid["identity"]["number"] = f"22{number:08}"
        pdf = HTML(string=html(grid)).write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        size += len(pdf)
    wall, used = time.monotonic() - start, sum(os.times()[:2]) - before
    with open("/proc/self/status", encoding="utf-8") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    if len(sys.argv) > 3:
        with open(sys.argv[3], "wb") as out:
            out.write(pdf)
    print(
        f"WeasyPrint {version}: {documents} documents, {wall:.1f} s, {documents / wall:.1f} a second, "
        f"{used * 1000 / documents:.1f} ms of processor time each, {size // 1000 // documents} kB each, peak {peak // 1000} MB"
    )


main()
