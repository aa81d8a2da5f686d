"""How a subject is named where it is taken along: its permanent address, how to cite it, under which terms."""

from __future__ import annotations

from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from dashboard.public.site import references

__all__ = ["address", "changes", "citation", "demonstration", "licence", "permanent", "terms_address", "tree"]


def tree(w: Words) -> str:
    """Where the pages of a language lie, from the root of the site."""
    return "" if w.chinese else f"{w.language}/"


def changes(number: int, book: Book, w: Words) -> str:
    """The address of what a release changed, which is that release's own."""
    return f"{book.url}releases/{number}/{tree(w)}changes/"


def address(path: str, book: Book, w: Words) -> str:
    """Where a page is found for good, by its path without the language: the newest of it, or what is of one release."""
    return changes(book.release.number, book, w) if path == "changes/" else book.url + tree(w) + path


def permanent(subject: Subject, book: Book, w: Words) -> str:
    """The address at which the subject stays as this release tells it."""
    return f"{book.url}releases/{book.release.number}/{tree(w)}{subject.address}"


def citation(subject: Subject, book: Book, w: Words) -> str:
    """What a reader needs to find it again, and before it what a demonstration is."""
    return demonstration(book, w) + references.citation(subject, book, w)


def licence(book: Book, w: Words) -> str:
    """The terms in one sentence; they stand in full at `terms_address`."""
    return w("files.licence_told", publisher=book.release.publisher(w.language))


def terms_address(book: Book, w: Words) -> str:
    return f"{book.url}{tree(w)}about/"


def demonstration(book: Book, w: Words) -> str:
    """What is said before anything else where the figures were generated; "" where they are real."""
    return f"[{w('public.demo_mark')}] " if book.demo else ""
