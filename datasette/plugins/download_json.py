"""`.all.json`: one array that holds every row as an object, a row a line. Datasette's own `.json` is a page of it."""

import base64
import json

from datasette import hookimpl


class JsonWriter:
    def __init__(self, subject):
        self.columns = subject.columns
        self.before = "["

    def add(self, rows):
        text = ""
        for row in rows:
            record = dict(zip(self.columns, row, strict=True))
            text += f"{self.before}\n{json.dumps(record, ensure_ascii=False, default=as_datasette_does)}"
            self.before = ","
        yield text.encode("utf-8", "replace")

    def finish(self):
        yield b"[]\n" if self.before == "[" else b"\n]\n"


def as_datasette_does(value):
    return {"$base64": True, "encoded": base64.b64encode(value).decode("ascii")}


@hookimpl
def register_download_format():
    return {
        "order": 4,
        "label": "format_json",
        "suffix": "all.json",
        "media_type": "application/json; charset=utf-8",
        "open": JsonWriter,
    }
