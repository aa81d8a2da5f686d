"""The structure of the figures as SDMX-ML 3.0: code lists, concepts, the data structure definition, its dataflow."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from dashboard.public.api.desk import Question
from dashboard.public.api.sdmx_codes import (
    AGENCY,
    ATTRIBUTES,
    CODE_LISTS,
    DIMENSIONS,
    FLOW,
    MEASURE,
    STRUCTURE,
    TIME,
    VERSION,
    Name,
    Representation,
    called,
)

__all__ = ["MEDIA", "structure"]

MEDIA = "application/vnd.sdmx.structure+xml; version=3.0.0"
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_URN = "urn:sdmx:org.sdmx.infomodel"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES = {"mes": f"{_BASE}/message", "str": f"{_BASE}/structure", "com": f"{_BASE}/common"}
_CONCEPTS = "CONCEPTS"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold
for _prefix, _space in _SPACES.items():
    ET.register_namespace(_prefix, _space)


def structure(question: Question) -> bytes:
    """The whole message for one release: its code lists have what its catalogue has."""
    message = ET.Element(_tag("mes:Structure"))
    _header(message, question)
    held = _put(message, "mes:Structures")
    _code_lists(held, question)
    _concepts(held)
    _dataflow(_put(held, "str:Dataflows"))
    _definition(_put(held, "str:DataStructures"))
    ET.indent(message)
    told: bytes = ET.tostring(message, encoding="utf-8", xml_declaration=True)
    return told


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def _put(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name), attributes)
    child.text = text if text is None else _UNFIT.sub("", text)
    return child


def _named(element: ET.Element, name: Name) -> None:
    for language, said in (("zh", name.zh), ("en", name.en)):
        _put(element, "com:Name", said).set(_LANG, language)


def _urn(kind: str, name: str, item: str = "") -> str:
    """`kind`: the package and the class of the information model, such as `codelist.Codelist`."""
    return f"{_URN}.{kind}={AGENCY}:{name}({VERSION}){'.' + item if item else ''}"


def _kept(parent: ET.Element, tag: str, kind: str, name: str) -> ET.Element:
    """An artefact that the agency maintains."""
    own = {"id": name, "agencyID": AGENCY, "version": VERSION, "isExternalReference": "false"}
    return _put(parent, tag, urn=_urn(kind, name), **own)


def _header(message: ET.Element, question: Question) -> None:
    release = question.snapshot.release
    header = _put(message, "mes:Header")
    _put(header, "mes:ID", f"RELEASE_{release.number}")
    _put(header, "mes:Test", "false" if question.snapshot.kind == "real" else "true")
    _put(header, "mes:Prepared", f"{release.released_at:%Y-%m-%dT%H:%M:%S}Z")
    _put(header, "mes:Sender", id=AGENCY)


def _code_lists(held: ET.Element, question: Question) -> None:
    lists = _put(held, "str:Codelists")
    for name, codes in CODE_LISTS.items():
        kept = _kept(lists, "str:Codelist", "codelist.Codelist", name)
        _named(kept, called(f"api.sdmx.list_{name.removeprefix('CL_').lower()}"))
        for code, told in codes(question.catalogue).items():
            _named(_put(kept, "str:Code", id=code, urn=_urn("codelist.Code", name, code)), told)


def _concepts(held: ET.Element) -> None:
    kept = _kept(_put(held, "str:ConceptSchemes"), "str:ConceptScheme", "conceptscheme.ConceptScheme", _CONCEPTS)
    _named(kept, called("api.sdmx.concepts"))
    for name in (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES):
        concept = _put(kept, "str:Concept", id=name, urn=_urn("conceptscheme.Concept", _CONCEPTS, name))
        _named(concept, called(f"api.sdmx.concept_{name.lower()}"))


def _dataflow(held: ET.Element) -> None:
    kept = _kept(held, "str:Dataflow", "datastructure.Dataflow", FLOW)
    _named(kept, called("api.sdmx.flow"))
    _put(kept, "str:Structure", _urn("datastructure.DataStructure", STRUCTURE))


def _definition(held: ET.Element) -> None:
    kept = _kept(held, "str:DataStructure", "datastructure.DataStructure", STRUCTURE)
    _named(kept, called("api.sdmx.structure"))
    parts = _put(kept, "str:DataStructureComponents")
    dimensions = _list(parts, "Dimension")
    for position, (name, codes) in enumerate(DIMENSIONS.items(), start=1):
        _component(dimensions, "Dimension", name, codes, position=str(position))
    _component(dimensions, "TimeDimension", TIME, Representation.TIME)
    attributes = _list(parts, "Attribute")
    for name, values in ATTRIBUTES.items():
        attribute = _component(attributes, "Attribute", name, values, usage="optional")
        _put(_put(attribute, "str:AttributeRelationship"), "str:Observation")
    _component(_list(parts, "Measure"), "Measure", MEASURE, Representation.NUMBER, usage="optional")


def _list(parts: ET.Element, kind: str) -> ET.Element:
    named = f"{kind}Descriptor"
    return _put(parts, f"str:{kind}List", id=named, urn=_urn(f"datastructure.{named}", STRUCTURE, named))


def _component(held: ET.Element, kind: str, name: str, values: str | Representation, **more: str) -> ET.Element:
    modelled = "DataAttribute" if kind == "Attribute" else kind
    made = _put(held, f"str:{kind}", id=name, urn=_urn(f"datastructure.{modelled}", STRUCTURE, name), **more)
    _put(made, "str:ConceptIdentity", _urn("conceptscheme.Concept", _CONCEPTS, name))
    occurs = {"minOccurs": "0", "maxOccurs": "1"} if "usage" in more else {}
    shown = _put(made, "str:LocalRepresentation", **occurs)
    if isinstance(values, Representation):
        _put(shown, "str:TextFormat", textType=values)
    else:
        _put(shown, "str:Enumeration", _urn("codelist.Codelist", values))
    return made
