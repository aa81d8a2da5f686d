"""The words of the interface: both languages say the same things, what is asked for is there, nothing is idle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

from dashboard import verdict
from dashboard.i18n import LANGUAGES, words
from dashboard.public.api.problems import Code
from dashboard.public.api.routes import RESOURCES
from dashboard.public.api.sdmx_codes import ATTRIBUTES, CODE_LISTS, DIMENSIONS, MEASURE, TIME
from dashboard.public.site.described import CORRECTION, FIGURE
from dashboard.public.site.subject_page import HEADS
from indicators.abreast import By, LeftOut
from indicators.annotation import AnnotationKind
from indicators.assessment import Firmness, Reason
from indicators.catalogue import CatalogueKind, parse, read_folder
from indicators.catchup import Pace
from indicators.causes import Cause
from indicators.comparison import Why
from indicators.definition import Frequency, Indicator
from indicators.plan import Attribute, Kind, PathShape
from indicators.rollup import Obstacle
from indicators.rules import Method
from ingest.accounts.admission import Refusal
from ingest.changes import ChangeKind
from ingest.people import Role
from ingest.settings import SHIPPED
from ingest.submission import Decision

DASHBOARD = Path(verdict.__file__).parent
TABLES: Mapping[str, Mapping[str, str]] = {language: words(language)._table for language in LANGUAGES}
ZH, EN = TABLES["zh"], TABLES["en"]
DOMAINS = {value.domain for k, _, text in read_folder(SHIPPED) if isinstance(value := parse(k, text), Indicator)}

GLOSSARY = ("baseline", "target", "completion", "schedule", "gap", "catch_up", "firmness", "vintage")

PUBLIC_TERMS = ("binding", "preliminary", "revised", "suppressed", "data_until")

# how an account stands
STATES = {"password", "oidc", "code", "code_expired", "none", "locked", "demo"}

# what the API tells of what may be asked
PARAMETERS = {"format", "release", "number", "limit", "offset", "since", "until", "since_release", "domain", "plan"}
PARAMETERS |= {"indicator", "region", "status", "accumulation", "replaced", "q"}

# what SDMX codes are called
SDMX: Mapping[str, set[str]] = {
    "freq": {"year", "half", "quarter", "month", "day", "other"},
    "accumulation": {"ytd", "period", "month", "none"},
    "status": {"normal", "provisional", "not_applicable", "below_unit", "missing", "suppressed"},
    "vintage": {"flash", "annual", "revised", "none"},
    "kind": {"real", "demo"},
}
# why a released figure has no value
MISSING = {"below_unit", "not_applicable", "suppressed"}

# what a key that is put together may end in
ENDINGS: Mapping[str, set[str]] = {
    "api.about_": {"root", *RESOURCES},
    "api.header_": {"etag", "link", "cache", "release", "released_on", "retry_after"},
    "api.param_": PARAMETERS,
    "api.problem_": set(Code),
    "api.sdmx.": {f"{table}_{code}" for table, codes in SDMX.items() for code in codes},
    "api.sdmx.concept_": {name.lower() for name in (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES)},
    "api.sdmx.list_": {name.removeprefix("CL_").lower() for name in CODE_LISTS},
    "account.": {"change", "reset", "end", "lock", "unlock"},
    "account.count_": STATES,
    "account.state_": STATES,
    "account.will_": {"change", "reset", "end", "lock", "unlock"},
    "annotation.kind_": set(AnnotationKind),
    "attribute.": set(Attribute),
    "audit.": {"entry", "when", "who", "act", "act_code", "subject", "outcome", "address", "system_user", "detail"},
    "audit.break_": {"altered", "missing", "unsealed", "cut_off"},
    "audit.filter_": {"who", "act", "outcome", "since", "until", "q"},
    "audit.hint_": {"who", "q"},
    "audit.outcome_": {"done", "refused"},
    "importing.change_": set(ChangeKind),
    "importing.kind_": set(CatalogueKind),
    "catch_up.": {*Pace} - {"known"},
    "catch_up.per_": {"quarter", "year"},
    "catch_up.short_": {"quarter", "year"},
    "catch_up.times_": {"quarter", "year"},
    "chart.": {"tip_period", "tip_actual", "tip_expected", "tip_gap", "tip_revised"},
    "chart.shape_": set(PathShape),
    "bundle.": {"no_release", "not_ours", "not_folder", "not_address", "inside"},
    "files.": {
        *("figures", "meaning", "corrections", "item", "indicator", "code", "region", "unit", "publisher", "release"),
        *("until", "plan", "target", "baseline", "verdict", "rule", "licence", "citation", "address", "notice"),
        *(f"column_{name.removesuffix('_value')}" for name in (*FIGURE, *CORRECTION)),
        *(f"missing_{code}" for code in MISSING),
    },
    "files.missing_": MISSING,
    "course.step_": {"drafted", "submitted", "approved", "returned", "withdrawn", "discarded", "voided", "archived"}
    | {"released"},
    "domain.": DOMAINS,
    "duty.count_": {"owed", "complete", "late", "overdue", "waived"},
    "lag.": {"progress", "reason", "measures"},
    "matter.": {"done", "under_way", "not_started", "dropped"},
    "review.tab_": {"queue", "owed", "release"},
    "sign.": {"filled_by", "statistics_head", "organisation_head"},
    "explore.missing_": {"below_unit", "not_applicable"},
    "explore.vintage_": {"flash", "annual", "revised"},
    "firmness.": {*Firmness, *(f"{f}_why" for f in Firmness)},
    "firmness.chip_": set(Firmness),
    "gap.": {"on", "behind", "ahead", "less", "more"},
    "indicator.": {"period", "value", "vintage", "submitted_by", "approved_by", "source", "note"}
    | {"actual", "expected", "gap", "released", "submitted_at", "approved_at"},
    "indicator.covers_": {"ytd", "period"},
    "parts.": {"numerator", "denominator"},
    "within.month_": {"3", "6", "9", "12"},
    "within.to_": {"3", "6", "9", "12"},
    "indicator.frequency_": set(Frequency),
    "catalogue.": {"plan", "region", "kind", "attribute", "domain", "organisation"}
    | {"name", "baseline", "goal", "due", "lead"},
    "glossary.": {f"{term}{end}" for term in GLOSSARY for end in ("", "_is")},
    "kind.": set(Kind),
    "oidc.": set(Refusal),
    "compare.by_": set(By),
    "compare.empty_": set(By),
    "compare.hint_": set(By),
    "compare.lines_": set(By),
    "compare.range_": set(By),
    "compare.reached_": set(By),
    "compare.none_reached_": set(By),
    "compare.left_": set(LeftOut),
    "compare.obstacle_": set(Obstacle),
    "compare.file_": {"places", "periods"},
    "nav.": {"overview", "indicator", "compare", "submit", "review", "catalogue", "method", "accounts", "audit"},
    "rules.band_": {"gap", "shortfall", "ratio", "growth", "score", "share"},
    "rules.formula_": set(Method),
    "rules.setting_": {"exceeded_from", "nearly_from", "zero", "exponent", "near_points", "improved_from"}
    | {"worse_from", "significance"},
    "rules.why_": set(Why),
    "head.share_": {f"{view}{end}" for view in ("link", "known") for end in ("", "_note")},
    "overview.": {"good", "watch", "bad", "other"},
    "overview.column_": {"name", "spark", "actual", "gap", "needed", "status"},
    "overview.reported_": {"sent", "late", "open", "overdue", "waived"},
    "public.is_": {"achieved_early", "exceeded", "completed", "nearly_completed", "missed"}
    | {"in_progress", "no_data", "not_assessable"},
    "public.missing_": {"below_unit", "not_applicable", "suppressed"},
    "public.table_": {"figure", "assessment", "status_change", "correction", "release", "catalogue"},
    "public.term_": {f"{term}{end}" for term in PUBLIC_TERMS for end in ("", "_is")},
    "role.": set(Role),
    "since.": set(Cause),
    "subject.": set(HEADS) | {"full"},
    "subject.covers_": {"ytd", "period"},
    "subject.mark_": {"flash", "annual"},
    "subject.missing_": {"below_unit", "not_applicable"},
    "subject.signs_": {
        "actual",
        "path",
        "provisional",
        "yearly",
        "flash",
        "was",
        "closed",
        "gap",
        "break",
        "borderline",
    },
    "submit.": {"explained", "severity_error", "severity_warning", "severity_notice"},
    "submit.change_": {"new", "changed", "unchanged", "waiting"},
    "submit.example_": {"good", "bad"},
    # a met-early target always has p; maintained to definition_break, event and the like have none
    "verdict.": {*Reason} - {"gap", "met_early", "final"}
    | {"gap", "final", "final_p", "no_final", "no_final_p", "met"},
    "vintage.": {"flash", "annual", "revised"},
}


ASKING = {"w", "both", "called"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every `w(…)` of the dashboard with where it stands; `both` and `called` ask for both languages at once."""
    for file in sorted(DASHBOARD.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING:
                yield f"{file.name}:{node.lineno}", node


def choices(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """The keys an argument can be: (text, whether it is only the beginning of one)."""
    match node:
        case ast.Constant(value=str(text)):
            yield text, False
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text, True
        case ast.BinOp(left=ast.Constant(value=str(text))):
            yield text, True
        case ast.IfExp(body=body, orelse=orelse):
            yield from choices(body)
            yield from choices(orelse)


def keys(node: ast.Call) -> set[str]:
    found: set[str] = set()
    for text, beginning in choices(node.args[0]):
        found |= {text + end for end in ENDINGS[text]} if beginning else {text}
    return found


def literals() -> set[object]:
    """Every text that stands in the code by itself."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in DASHBOARD.rglob("*.py")]
    return {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def drawn() -> set[str]:
    """Every key that a template asks for."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(DASHBOARD.rglob("*.html")))
    whole = set(re.findall(r'"((?:gate|app)\.[a-z_]*[a-z])"', text)) | set(
        re.findall(r'\bw\("([a-z_]+\.\w*)"[,)]', text)
    )
    begun = re.findall(r'"(role\.|gate\.role_)" ~ role', text)
    return whole | {begin + role for begin in begun for role in Role if begin + role in ZH}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(ZH) == set(EN)


def test_both_languages_fill_in_the_same_facts() -> None:
    assert {key for key in ZH if blanks(ZH[key]) != blanks(EN[key])} == set()
    assert {key for key in ZH if not (ZH[key].strip() and EN[key].strip())} == set()


def test_every_key_asked_for_exists_and_gets_its_facts() -> None:
    for place, call in calls():
        asked = keys(call)
        assert asked, f"{place}: a key must begin with a literal"
        assert asked <= set(ZH), f"{place}: no words for {asked - set(ZH)}"
        given = {keyword.arg for keyword in call.keywords}
        needed = set.intersection(*(blanks(ZH[key]) for key in asked))
        # **facts come without names; test_verdict.py reads those sentences
        assert None in given or needed <= given, f"{place}: {needed - given} not filled in"


# words of things the store holds, asked for with `w.get`: what has none is shown by its code
HELD = {"act", "counted", "detail", "field", "means", "why"}


def test_what_the_ledger_says_of_an_act_has_words() -> None:
    """Every `action="…"` that the program writes."""
    trees = [ast.parse(f.read_text(encoding="utf-8")) for f in (DASHBOARD.parent / "ingest").rglob("*.py")]
    written = {
        keyword.value.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "entry"
        for keyword in node.keywords
        if keyword.arg == "action" and isinstance(keyword.value, ast.Constant)
    }
    assert len(written) > 8
    assert written | {*Decision} <= {key.removeprefix("act.") for key in ZH}


def test_no_key_is_idle() -> None:
    asked = {key for _, call in calls() for key in keys(call)} | {k for k in ZH if k.partition(".")[0] in HELD}
    assert set(ZH) - asked - literals() - drawn() == set()


def test_a_template_asks_for_words_that_exist() -> None:
    assert len(drawn()) > 20
    assert drawn() <= set(ZH)


def test_chinese_is_chinese_and_english_is_english() -> None:
    """Names, a dash, and the button that offers the other language apart."""
    apart = {"app.name", "app.switch", "app.stop", "overview.joined", "compare.comma"}
    apart |= {"course.and", "indicator.none", "public.sum_joined"}
    assert [k for k, text in EN.items() if k not in apart and re.search(r"[\u4e00-\u9fff]", text)] == []
    blank = [k for k, text in ZH.items() if k not in apart and not re.search(r"[\u4e00-\u9fff{]", text)]
    assert blank == []


def test_words_fill_in_facts_by_name() -> None:
    w = words("zh")
    assert w("review.releasable", count=3) == "3 个数值已审核、待发布"
    assert w("nav.overview") == "总览"
    assert "nav.overview" in w
    assert "nav.nowhere" not in w


def test_a_word_goes_with_its_number() -> None:
    w = words("en")
    assert w("course.figures", count=1) == "1 figure"
    assert w("course.figures", count=26) == "26 figures"
    assert w("course.figures", count=0) == "0 figures"
    assert w("review.clean", count=1) == "1 of these explains nothing and changes no approved figure."
    assert words("zh")("course.figures", count=1) == "1 个数值"
