"""Every field of our own kinds is explained, for `kubectl explain`."""

import yaml

from tree import Finding


def description_findings(tree):
    for path in tree.matching(r"deploy/.*\.ya?ml"):
        for document in yaml.safe_load_all(tree.text(path)):
            if isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition":
                yield from _undescribed(path, document)


def _undescribed(path, definition):
    for version in definition["spec"]["versions"]:
        for field, schema in _fields("", version["schema"]["openAPIV3Schema"]):
            # metadata is the API server's own, which explains it.
            if field != "metadata" and not str(schema.get("description") or "").strip():
                yield Finding(path, 0, "description", f"{field or 'the kind'} has none")


def _fields(place, schema):
    """(place, schema) of the schema and of everything in it."""
    yield place, schema
    for name, inner in schema.get("properties", {}).items():
        yield from _fields(f"{place}.{name}".lstrip("."), inner)
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            yield from _fields(f"{place}[]", schema[part])
