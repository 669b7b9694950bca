"""What holds settings, wherever an input tells them: maps, pairs, containers, scripts, and single values that code writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.secrets.settings import texts
from assay.scanner.facts.secrets.settings.documents import Inside, Path, containers_in, is_link
from assay.scanner.facts.secrets.settings.entries import Entry, names_of
from assay.scanner.facts.secrets.settings.hiding import hide
from assay.scanner.facts.secrets.settings.kinds import Configured, Setting
from assay.scanner.facts.secrets.settings.places import (
    Build,
    Code,
    Commands,
    ConfiguredAt,
    Containers,
    Content,
    Map,
    Named,
    Pairs,
    PodContainers,
    Script,
    Source,
    Stated,
    Written,
)
from assay.scanner.facts.secrets.settings.references import maybe_secret, secret_of
from assay.scanner.facts.secrets.settings.values import (
    Answer,
    Linked,
    arguments,
    declared,
    joined,
    made_of,
    script,
    shown,
    written,
)
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import AtLeast, Either, Location, Reference, Unknown, because, describe, same, unknown_inside
from assay.scanner.sources.secret_detecting import says_secret
from assay.scanner.sources.values import Value

MOST = 2000
"""Settings of one resource that are told."""


def configured(view: View, at: ConfiguredAt) -> Configured | None:
    """What has settings; None of what only writes a value, or seldom has settings, where there are none."""
    reading = _Reading(view)
    settings: list[Any] = []
    for source in at.settings:
        for setting in reading.of(source):
            if len(settings) >= MOST:
                reason = f"{view.item.address} has more than {MOST} settings, and not all are read"
                settings.append(Unknown(reason, "keep them in the secret store", view.location))
                break
            settings.append(setting)
    if not settings and (at.writes or at.seldom):
        return None
    name = short(view.called(at.name)).otherwise(named(view.item)) if view.item.type.count(".googleapis.com/") else view.called(at.name)
    return Configured(identity=view.identity(name), settings=view.says(settings))


class _Reading:
    """Reads the settings of one resource."""

    def __init__(self, view: View) -> None:
        self.view = view

    def of(self, source: Source) -> Iterator[Setting | Unknown]:
        if isinstance(source, Map):
            yield from self._map(source)
        elif isinstance(source, Pairs):
            yield from self._pairs(source)
        elif isinstance(source, Containers):
            yield from self._containers(source)
        elif isinstance(source, PodContainers):
            yield from self._pod_containers(source)
        elif isinstance(source, Script):
            yield from self._script(source)
        elif isinstance(source, Named):
            yield from self._named(source)
        elif isinstance(source, (Content, Stated, Commands, Build, Code)):
            for told in _text(self.view, source):
                yield told if isinstance(told, Unknown) else setting(*told)
        else:
            yield from self._written(source)

    @property
    def vague(self) -> bool:
        """Whether links tell what the whole of an attribute refers to, and not which part of it does."""
        return self.view.item.vague_links

    def _map(self, source: Map) -> Iterator[Setting | Unknown]:
        if source.failed and self.view[source.failed].data not in (None, "", {}):
            yield Unknown(f"the settings of {self.view.item.address} cannot be shown", "grant the use of the key that encrypts them")
            return
        yield from self._mapped(self.view[source.path], self.view.link(source.path).raw, source.of, source.scripts)

    def _mapped(self, value: Value[Any], linked: Any, of: str, scripts: tuple[str, ...] = ()) -> Iterator[Setting | Unknown]:
        """The settings of a map."""
        data = value.raw
        if data in (None, "", {}):
            return
        whole = Linked(linked)
        if isinstance(data, Either) and all(isinstance(option, dict) for option in data.options):
            # References settle more: `random_password.p.result != null` is true of one, and of what is not known not known.
            settled = [option for option in data.options if isinstance(linked, dict) and option.keys() == linked.keys()]
            if len(settled) != 1:
                yield from self._one_of(data, linked, value, of, scripts)
                return
            data = settled[0]
        if isinstance(data, AtLeast) and isinstance(data.content, dict):
            in_part = isinstance(linked, AtLeast)
            yield from self._mapped(Value(data.content, value.seen), linked.content if in_part else linked, of, scripts)
            yield from self._mapped(Value(data.rest, value.seen), linked.rest if in_part else linked, of, scripts)
            return
        if not isinstance(data, dict):
            if whole.secrets:
                yield setting(label("settings", of), whole.secrets, value.seen)
            else:
                yield self._untold(data)
            return
        vague = self.vague or not isinstance(linked, dict)
        entries = [
            Entry((str(name),), of, raw, Linked(None) if vague else whole.below(str(name)), value.seen, scripts)
            for name, raw in data.items()
        ]
        yield from self._of_entries(entries, whole if vague else None)

    def _one_of(self, data: Either, linked: Any, value: Value[Any], of: str, scripts: tuple[str, ...]) -> Iterator[Setting | Unknown]:
        """The settings of one of several maps: what all have alike is certain, and of all else it is not known whether it is there."""
        first, *others = data.options
        alike = {name for name, raw in first.items() if all(name in other and same(raw, other[name]) for other in others)}
        links = linked.options if isinstance(linked, Either) and len(linked.options) == len(data.options) else [linked] * len(data.options)
        yield from self._mapped(Value({name: first[name] for name in alike}, value.seen), links[0], of, scripts)
        told: set[Any] = set()
        for option, link in zip(data.options, links, strict=True):
            rest = {name: raw for name, raw in option.items() if name not in alike}
            for one in self._mapped(Value(rest, value.seen), link, of, scripts):
                if isinstance(one, Unknown):
                    yield one
                elif one.plain.data is not False and one.name.data not in told:
                    told.add(one.name.data)
                    yield setting(str(one.name.data), because(data), value.seen)

    def _of_entries(self, entries: list[Entry], whole: Linked | None) -> Iterator[Setting]:
        """Each of some settings. `whole`: what they refer to together, where it is not told which of them does."""
        answers = [entry.answer() for entry in entries]
        if whole is not None:
            pending = [at for at, entry in enumerate(entries) if isinstance(entry.raw, (Unknown, Reference))]
            refers = made_of(whole.data)
            named = [at for at in pending if says_secret(entries[at].name)]
            for at in named:  # what is looked up elsewhere and no secret there is none here
                answers[at] = whole.secrets or (answers[at] if not refers else ())
            if whole.secrets and not any(answer and not isinstance(answer, Unknown) for answer in answers):
                if pending:
                    answers[pending[0]] = whole.secrets
                elif entries:
                    yield setting(label("settings", entries[0].of), whole.secrets, entries[0].seen)
        for entry, answer in zip(entries, answers, strict=True):
            hide(self.view, answer, entry.name, entry.raw)
            yield setting(label(entry.name or "a setting whose name is not known", entry.of), answer, entry.seen)

    def _pairs(self, source: Pairs) -> Iterator[Setting | Unknown]:
        pairs, more = self.view.inner(source.path) if source.path else ([self.view], None)
        yield from self._paired(pairs, source, source.of)
        if more is not None:
            yield more

    def _paired(self, pairs: list[View], source: Pairs, of: str) -> Iterator[Setting]:
        entries: list[Entry] = []
        links: list[Any] = []
        for pair in pairs:
            value, names = pair[source.value], names_of(pair[source.key], source.scripts)
            if value.absent:
                continue
            text = names[0] if len(names) == 1 else ""
            if source.unless:
                kept = pair[source.unless].equals(*source.references)
                if kept.data is True:
                    continue
                if isinstance(kept.data, Unknown) and shown(text, value.raw, Linked(None)):
                    yield setting(label(text, of), kept.data, value.seen)
                    continue
            linked = pair.link(source.value).raw
            links.append(linked)
            entries.append(Entry(names, of, value.raw, Linked(None if self.vague else linked), value.seen, source.scripts))
        yield from self._of_entries(entries, Linked(links) if self.vague else None)

    def _containers(self, source: Containers) -> Iterator[Setting | Unknown]:
        value = self.view[source.path]
        if value.data in (None, "", [], {}):
            return
        link = self.view.link(source.path).data
        content, linked = decode(value.data), decode(link) if not is_link(link) else link
        if not isinstance(content, (dict, list)):
            secrets = Linked(link).secrets
            yield setting("containers", secrets, value.seen) if secrets else self._untold(self._unsettled(value))
            return
        definitions = list(containers_in(content, source.below))
        for path, one in definitions:
            if isinstance(one, dict):
                yield from self._container(Inside(value, content, linked), path, one, len(definitions) > 1)
            elif one is not None:
                yield self._untold(one)

    def _container(self, inside: Inside, path: Path, one: dict[str, Any], several: bool) -> Iterator[Setting | Unknown]:
        """One definition. Its keys compare without case: Terraform reads them so, and each API has a case of its own."""
        own = {key.lower(): key for key in one}
        name = one.get(own.get("name", ""))
        of = name if isinstance(name, str) and several else ""
        if "environment" in own:
            yield from self._environment(inside, (*path, own["environment"]), of)
        for key in ("command", "entrypoint"):
            if words := one.get(own.get(key, "")):
                place = (*path, own[key])
                answer = arguments(words, Linked(inside.linked(place)))
                yield setting(label("command", of), answer, inside.seen(place))
        check = one.get(own.get("healthcheck", ""))
        if isinstance(check, dict) and (key := next((key for key in check if key.lower() == "command"), "")) and check[key]:
            place = (*path, own["healthcheck"], key)
            yield setting(label("health check", of), arguments(check[key], Linked(inside.linked(place))), inside.seen(place))
        for below in ("options",):  # of the driver that logs are sent with, which may need a token
            options = one.get(own.get("logconfiguration", ""))
            key = next((key for key in options if key.lower() == below), "") if isinstance(options, dict) else ""
            if key and isinstance(options, dict):
                place = (*path, own["logconfiguration"], key)
                yield from self._mapped(Value.of(options[key], inside.seen(place)), inside.linked(place), label("the logs", of))

    def _environment(self, inside: Inside, path: Path, of: str) -> Iterator[Setting | Unknown]:
        pairs = inside.at(path)
        if not isinstance(pairs, list):
            if pairs is not None:
                yield self._untold(pairs)
            return
        entries: list[Entry] = []
        for at, pair in enumerate(pairs):
            if isinstance(pair, dict):
                own = {key.lower(): key for key in pair}
                name, key = pair.get(own.get("name", "")), own.get("value", "")
                place = (*path, at, key) if key else (*path, at)
                entries.append(Entry(names_of(Value.of(name)), of, pair.get(key), Linked(inside.linked(place)), inside.seen(place)))
            elif pair is not None:
                yield self._untold(pair)
        yield from self._of_entries(entries, Linked(inside.links) if self.vague else None)

    def _pod_containers(self, source: PodContainers) -> Iterator[Setting | Unknown]:
        containers, more = self.view.inner(source.path)
        for container in containers:
            name = container[source.name].data
            of = name if isinstance(name, str) and len(containers) > 1 else ""
            pairs, unknown = container.inner(source.pairs)
            yield from self._paired(pairs, Pairs(path=source.pairs, key=source.key, value=source.value), of)
            if unknown is not None:
                yield unknown
            for key in source.words:
                words = container[key]
                if words.data not in (None, [], ""):
                    linked = Linked(container.link(key).raw)
                    yield setting(label("command", of), arguments(words.raw, linked), words.seen)
        if more is not None:
            yield more

    def _script(self, source: Script) -> Iterator[Setting | Unknown]:
        blocks, more = self.view.inner(source.blocks) if source.blocks else ([self.view], None)
        for block in blocks:
            value = block[source.path]
            if value.data not in (None, ""):
                raw = self._unsettled(value) if self.vague and isinstance(value.data, (Unknown, Reference)) else value.raw
                of = f"version {describe(block[source.number].raw)}" if source.number and len(blocks) > 1 else ""
                yield setting(label(source.label, of), script(raw, Linked(block.link(source.path).raw)), value.seen)
        if more is not None:
            yield more

    def _written(self, source: Written) -> Iterator[Setting]:
        if source.only and self.view[source.only].equals(*source.words).data is False:
            return
        blocks, more = self.view.inner(source.blocks) if source.blocks else ([self.view], None)
        path = f"{source.blocks}.{source.path}" if source.blocks else source.path
        for block in blocks:
            value = block.link(source.path)
            if value.data in (None, "", []) or (source.text and isinstance(value.data, (dict, list))):
                continue
            if self.vague and is_link(value.data):
                # What else stands in a text that refers to a secret is not told.
                made = made_of(value.data)
                answer: Answer = () if any(secret_of(one) or maybe_secret(one) for one in made) else self._unsettled(block[source.path])
                yield setting(source.label, answer, block[source.path].seen)
                continue
            answer = () if source.kept else written(value.raw, source.late, source.placeholders)
            given = self.view.item.given(path) if answer else None
            hide(self.view, answer, "", value.raw)
            yield setting(source.label, given or answer, value.seen or (block.location,))
        if more is not None:
            yield setting(source.label, more, (self.view.location,))

    def _named(self, source: Named) -> Iterator[Setting | Unknown]:
        pairs, more = self.view.inner(source.path) if source.path else ([self.view], None)
        any_told = False
        for pair in pairs:
            value, names = pair.link(source.value), names_of(pair[source.key])
            told = any(map(says_secret, names))
            if self.vague and is_link(value.data):
                given = any(secret_of(one) or maybe_secret(one) for one in made_of(value.data))
                answer: Answer = () if given or not told else self._unsettled(pair[source.value])
            else:
                answer = joined([declared(name, value.raw) for name in names])
            if value.absent or not (answer or told):
                continue
            any_told = True
            hide(self.view, answer, names[0], value.raw)
            why = self.view.item.given(f"{source.path}.{source.value}") if answer else None
            yield setting(names[0] or "a setting whose name is not known", why or answer, value.seen or (pair.location,))
        if more is not None and any_told:  # of others, nothing speaks for a secret
            yield more

    def _unsettled(self, value: Value[Any]) -> Unknown:
        """Why the text of a value is not known."""
        why = value.data if isinstance(value.data, Unknown) else unknown_inside(value.data)
        return because(why) if why is not None else Unknown("it is known after apply", _WAY, next(iter(value.seen), None))

    def _untold(self, data: Any) -> Unknown:
        why = (because(data) if isinstance(data, Unknown) else unknown_inside(data)) or Unknown("it is known after apply", _WAY)
        return Unknown(f"which settings {self.view.item.address} has: {why.reason}", why.settles_it, why.location or self.view.location)


def _text(view: View, source: Content | Stated | Commands | Build | Code) -> Iterator[texts.Told | Unknown]:
    if isinstance(source, Content):
        yield from texts.content(view, source)
    elif isinstance(source, Stated):
        yield from texts.stated(view, source)
    elif isinstance(source, Commands):
        yield from texts.commands(view, source)
    else:
        yield from texts.build(view, source) if isinstance(source, Build) else texts.code(view, source)


_WAY = "scan the code, or the live account"


def setting(name: str, answer: Answer, seen: tuple[Location, ...]) -> Setting:
    """A setting by what is known of it."""
    if isinstance(answer, Unknown):
        return Setting(name=Value(name, seen), what=Value("a secret", seen), plain=Value(answer, seen))
    return Setting(name=Value(name, seen), what=Value(", ".join(answer) or None, seen), plain=Value(bool(answer), seen))


def label(name: str, of: str) -> str:
    """What a setting is called."""
    return f"{name} of {of}" if of else name
