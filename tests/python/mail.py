"""Reads mails with readers that are not ours: Python's own parser, icalendar, pdftotext. usage: mail.py FILE…

Prints a JSON list, one object a file: a mail, or a .pdf or .ics downloaded by itself. What a strict reader objects to is
listed under "faults".
"""

import json
import subprocess
import sys
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from zoneinfo import ZoneInfo

from icalendar import Calendar


def events(data, faults):
    """The events of a calendar, each with the offset that the calendar's own rules give it."""
    calendar = Calendar.from_ical(data)
    faults += [f"calendar: {fault}" for part in calendar.walk() for fault in part.errors]
    if b"\n" in data.replace(b"\r\n", b"") or any(len(line) > 75 for line in data.split(b"\r\n")):
        faults.append("calendar: lines are not as RFC 5545 wants them")
    zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}
    found = []
    for event in calendar.walk("VEVENT"):
        # A withdrawal of a candidate's sitting says when it was to begin, and no more.
        last = event.get("DTEND", event["DTSTART"])
        start, end = event["DTSTART"].dt.replace(tzinfo=None), last.dt.replace(tzinfo=None)
        name = event["DTSTART"].params["TZID"]
        if name not in zones or last.params["TZID"] != name:
            faults.append(f"calendar: {name} is not defined, or not the zone of the end")
            continue
        offset = start.replace(tzinfo=zones[name]).utcoffset()
        if offset != start.replace(tzinfo=ZoneInfo(name)).utcoffset():
            faults.append(f"calendar: {name} is not {offset} from UTC on {start}")
        found.append({
            "method": str(calendar["METHOD"]),
            "uid": str(event["UID"]),
            "sequence": int(event["SEQUENCE"]),
            "status": str(event["STATUS"]),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]),
            "zone": name,
            "date": start.date().isoformat(),
            "start": start.hour * 60 + start.minute,
            "minutes": (end - start) // timedelta(minutes=1),
            "offset": offset // timedelta(minutes=1),
        })
    return found


def words(data):
    """The text of a PDF, its lines and no-break spaces made plain."""
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def read(path):
    """One file."""
    with open(path, "rb") as file:
        data = file.read()
    faults = []
    if path.endswith(".pdf"):
        return {"text": words(data), "faults": faults}
    if path.endswith(".ics"):
        return {"events": events(data, faults), "faults": faults}
    mail = BytesParser(policy=policy.default).parsebytes(data)
    faults += [f"{part.get_content_type()}: {fault!r}" for part in mail.walk() for fault in part.defects]
    for name, value in mail.items():
        faults += [f"{name}: {fault!r}" for fault in value.defects]
    if not data.isascii() or any(len(line) > 998 for line in data.split(b"\r\n")):
        faults.append("the bytes are not as SMTP wants them")
    plain = mail.get_body(("plain",))
    found = {
        "file": path,
        "to": [address.addr_spec for address in mail["To"].addresses],
        "from": mail["From"].addresses[0].addr_spec,
        "subject": mail["Subject"],
        "id": mail["Message-ID"],
        "references": mail["References"],
        "text": plain.get_content(),
        "html": mail.get_body(("html",)) is not None,
        "invitation": [],
        "files": [],
        "faults": faults,
    }
    for part in mail.walk():
        if part.get_content_type() == "text/calendar" and not part.get_filename():
            found["invitation"] = events(part.get_payload(decode=True), faults)
            if any(one["method"] != part.get_param("method") for one in found["invitation"]):
                faults.append("calendar: not the method of its type")
    for part in mail.iter_attachments():
        one = {"name": part.get_filename(), "type": part.get_content_type()}
        content = part.get_payload(decode=True)
        if one["type"] == "application/pdf":
            one["text"] = words(content)
        if one["type"] == "text/calendar":
            one["events"] = events(content, faults)
        found["files"].append(one)
    return found


if __name__ == "__main__":
    json.dump([read(path) for path in sys.argv[1:]], sys.stdout)
