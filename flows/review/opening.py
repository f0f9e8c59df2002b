"""The review is open while its mandate holds; without one it shows sign-in and what leads to a mandate.

What is served is the configuration that two people signed. A new one that is signed takes its place without a restart;
until then the work goes on under the one before, as long as its own signatures and dates hold. While it is closed,
people sign in by what was signed last: who can write the file alone does not say who vouches for whom.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.datastructures import State
from starlette.types import Receive, Scope, Send

from flows import mandate
from flows.audit.heads import AuditSettings, anchor, audit_settings
from flows.audit.outside import last_outside
from flows.configuration import Configuration, load_configuration
from flows.configuration.export import served_policy
from flows.configuration.review import ReviewPlace
from flows.configuration.review_tables import ReviewTable
from flows.desk import Desk
from flows.review.papers_to_read import papers_to_read
from flows.rules.configured import configured_rules
from screening.base.code_words import use_code_words, using_code_words, words_of_municipality
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.extensions import extensions_in_force, use_extensions, using_extensions
from screening.casework.cases.sync import sync_cases
from screening.mandate.approval import case_purposes
from screening.mandate.signatures import in_force
from screening.mandate.signing import MandateState, configuration_of
from screening.review import make_app
from screening.review.headers import note_error
from screening.review.settings import AuditPlaces, ReviewSettings
from screening.store import Workspace
from screening.store.files import sha256_of

#: How often is looked whether the mandate still holds, a newer run was published, or a day began.
EVERY_SECONDS = 60.0
GRACE_SECONDS = 5


def _audit_places(settings: AuditSettings, desk: Desk) -> AuditPlaces:
    last_head_at = partial(last_outside, settings, desk.store, desk.ledger)
    return AuditPlaces(settings.norms, partial(_keep_head, settings), last_head_at, settings.max_age)


def _keep_head(settings: AuditSettings, head: bytes) -> list[str]:
    """Bring a head to the places of `[audit]`; what went wrong, a line each."""
    return [
        sent.problem
        for sent in anchor(head, settings.places, settings.folders(), settings.tsa_certificate)
        if sent.problem
    ]


class Opening:
    """The application as it is served now, whole or closed; and the gate that its pages ask.

    Args:
        chosen: The configuration at the start.
        place_of: The place and settings of a configuration.
        desk: The store and the ledger, open for as long as is served.
    """

    def __init__(self, chosen: Configuration, place_of: Callable[[Configuration], ReviewPlace], desk: Desk) -> None:
        self._file: Path = chosen.file
        self._desk, self._place_of = desk, place_of
        self._turn = threading.RLock()
        self._served, self._is_open = chosen, False
        self.place = place_of(self._as_signed_last(chosen))
        self.app = self._made(is_open=chosen.is_synthetic)
        if not chosen.is_synthetic:
            self.look()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as things stand."""
        await self.app(scope, receive, send)

    @property
    def is_open(self) -> bool:
        """Whether the mandate holds under which is served."""
        return self._is_open

    @property
    def state(self) -> State:
        """The state of the application, as a server asks for it."""
        return self.app.state

    def look(self) -> MandateState:
        """Read the configuration on disk and its signatures; open, go on, or close by what they say.

        Of one that is not signed nothing holds: neither its extensions nor its words.
        """
        with self._turn:
            before, words = extensions_in_force(), words_of_municipality()
            try:
                with using_extensions(before), using_code_words(words):  # who is answered meanwhile sees no others
                    chosen = load_configuration(self._file)
                    state = self._state_of(chosen)
                    signed, signed_words = extensions_in_force(), words_of_municipality()
                if not state.missing:
                    use_extensions(signed)
                    use_code_words(signed_words)
                    self._open(chosen, state)
            except ConfigurationError as error:
                state = MandateState((str(error),), (str(error),), None, None)
            if state.missing:
                use_extensions(before)
                use_code_words(words)
                if self._is_open and self._state_of(self._served).missing:
                    self.app = self._made(is_open=False)
            return state

    def sync(self) -> None:
        """Bring the cases up to date with the last published run; while closed nothing is processed."""
        if self._is_open:
            settings = self.settings
            sync_cases(self._desk.store, now=settings.clock(), policy=settings.policy)

    @property
    def settings(self) -> ReviewSettings:
        """The settings under which is served."""
        settings: ReviewSettings = self.app.state.application.settings
        return settings

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Look every minute, while the block lasts, whether the mandate holds, and bring the cases up to date."""
        self.sync()
        ended = threading.Event()

        def again_and_again() -> None:
            while not ended.wait(EVERY_SECONDS):
                try:
                    if not self._served.is_synthetic:
                        self.look()
                    self.sync()
                except BarrierError as error:  # tried again in a minute; pages tell what they cannot read themselves
                    note_error(error)

        thread = threading.Thread(target=again_and_again, name="mandate and cases", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(GRACE_SECONDS)

    def _as_signed_last(self, chosen: Configuration) -> Configuration:
        """This configuration with the `[review]` that people signed last; as it is where nobody signed yet.

        Raises:
            ConfigurationError: this version cannot read what they signed, or what is kept of it is something else or
                gone.
        """
        before = None if chosen.is_synthetic else in_force(self._desk.ledger)
        if before is None or sha256_of(chosen.content) == before.sha256:
            return chosen
        content = configuration_of(self._desk.store, before.sha256)
        if content is None or sha256_of(content.encode()) != before.sha256:
            raise ConfigurationError(
                f"{chosen.file}: what the store keeps of the configuration that two people signed last is gone or not "
                "what they signed, so nothing tells who vouches for people. Put the file as they signed it in its "
                "place, and look: barrier audit verify"
            )
        try:
            review = ReviewTable.model_validate(tomllib.loads(content).get("review", {}), context=chosen.file.parent)
        except ValidationError:
            raise ConfigurationError(
                f"{chosen.file}: the [review] that two people signed last is none for this version. Let two people "
                "sign a change of it under the version before."
            ) from None
        return chosen.model_copy(update={"review": review})

    def _state_of(self, configuration: Configuration) -> MandateState:
        state = mandate.state_of(configuration, self._desk.ledger, self._desk.store)
        missing = list(state.missing)
        if not case_purposes(configuration.governance, is_synthetic=False):
            missing.append("[governance.purposes] states none that a dossier is opened for: P-VERG, P-WON or P-OO.")
        served = self._served
        if (configuration.workspace, configuration.municipality.code) != (served.workspace, served.municipality.code):
            missing.append("Another workspace or municipality: start barrier serve anew.")
        return replace(state, missing=tuple(missing))

    def _open(self, chosen: Configuration, state: MandateState) -> None:
        """Serve this configuration, unless that is done already; it is in force from now on. ConfigurationError."""
        if self._is_open and chosen.content == self._served.content:
            return
        place = self._place_of(chosen)
        mandate.put_in_force(state, self._desk.ledger, now=place.settings.clock())
        self._served, self.place = chosen, place
        self.app = self._made(is_open=True)

    def _made(self, *, is_open: bool) -> FastAPI:
        """The application of the configuration that is served."""
        chosen, settings = self._served, self.place.settings
        purposes = case_purposes(chosen.governance, is_synthetic=chosen.is_synthetic) or settings.purposes
        settings = replace(
            settings,
            purposes=purposes,
            export=served_policy(chosen),
            workspace=Workspace(chosen.workspace),
            mandate=None if chosen.is_synthetic else self,
            audit=_audit_places(audit_settings(chosen), self._desk),
            rules=configured_rules(chosen),
            papers=papers_to_read(chosen),
        )
        app = make_app(settings, self._desk.store, self._desk.ledger)
        self._is_open = is_open
        return app
