"""The words of the interface for the templates, all from one table: labels.yaml."""

from pathlib import Path

import yaml
from datasette import hookimpl

LABELS = yaml.safe_load((Path(__file__).parent.parent / "labels.yaml").read_text(encoding="utf-8"))


def text(key, **values):
    return LABELS["text"][key].format(**values)


# What has no label passes through: people bring their own tables and columns.
def table_label(name):
    return LABELS["tables"].get(name, name)


def column_label(name):
    return LABELS["columns"].get(name, name)


def value_label(value, column):
    return LABELS["values"].get(column, {}).get(value, value)


@hookimpl
def prepare_jinja2_environment(env):
    env.globals["t"] = text
    for label_filter in (table_label, column_label, value_label):
        env.filters[label_filter.__name__] = label_filter
