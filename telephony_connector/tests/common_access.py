"""The matrix of methods: what each role can do by a request, proved by trying it.

An addon keeps a table of rows beside its tests and runs it with `AccessMatrixCase`.
What an addon defines is found by looking at its classes and routes, so a method without
a row fails the test, and so does a row that names nothing.

A row is tried twice as each role: on records of the role's own, and on records that
exist and are not the role's. Only an `AccessError`, a `MissingError` or an empty result
counts as refused; any other error fails the test, as its arguments prove nothing.
"""

import inspect
import re
import time
from collections.abc import Callable
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError
from odoo.models import BaseModel
from odoo.tools import mute_logger

from .odoo_compat import (
    _generate_routing_rules,
    call_kw,
    get_public_method,
    root,
)

# In the order of the table's columns; the titles are those of docs/rights.md.
ROLES = {
    "portal": "Portal",
    "employee": "Employee",
    "user": "User",
    "teammate": "User of the same team",
    "supervisor": "Supervisor",
    "administrator": "Administrator",
    "elsewhere": "Administrator of another company",
}
# The same, short.
COLUMNS = ("portal", "empl.", "user", "team", "superv.", "admin.", "elsewhere")
REFUSALS = (AccessError, MissingError)
REFUSED, OWN, ALL = "–", "own", "all"
NOBODY = " ".join([REFUSED] * len(ROLES))
# Whoever sees none of the owner's calls, whatever they ask.
STRANGERS = ("portal", "employee", "user", "elsewhere")


def _no_arguments(_target, _me):
    return []


def _no_values(_target, _me):
    return {}


def _same(result):
    return result


def _get_addon(cls):
    """Return the name of the addon that a class is defined in, ``None`` for Odoo's own
    packages."""
    parts = cls.__module__.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else None


def _read_ids(result):
    return result["ids"]


@dataclass(frozen=True)
class Row:
    """One method of one model, and what each role can do with it.

    :param cells: one word for each of `ROLES`: ``–`` refused, ``own`` on the user's own
        records alone, ``all`` on those of others, too
    :param on: the sample that the method is called on; none for a method of the model
    :param args: called with the `World` that owns the sample and the caller's own one;
        returns the arguments after the ids
    :param why: why it is allowed
    :param effect: what the method changes, read before and after by superuser; without
        it, a result that is not empty says that the method did its work
    :param result: takes out of a result what counts
    :param kwargs: named arguments
    :param context: as ``args``; returns the request's context
    :param is_own: the method has no argument that could name a record of others
    :param is_barred: the method is refused to everybody, to superuser, too
    :param over_http: the method needs a request
    """

    model: str
    method: str
    cells: str
    why: str
    on: str = ""
    args: Callable = _no_arguments
    effect: Callable | None = None
    result: Callable = _same
    kwargs: Callable = _no_values
    context: Callable | None = None
    is_own: bool = False
    is_barred: bool = False
    over_http: bool = False

    @property
    def name(self):
        """Return the name by which the docs show the row."""
        return f"{self.model}.{self.method}"

    def expected(self):
        """Return what each role can do: {role: cell}."""
        cells = self.cells.split()
        return dict(zip(ROLES, cells, strict=True))


@dataclass(frozen=True)
class Route:
    """One route, and what each role can do with it.

    :param path: as the routing map has it
    :param cells, why, is_own: as of `Row`
    :param values: called as ``Row.args``; what stands in the path's places
    :param body: called as ``Row.args``; what is posted as JSON
    :param query: called as ``Row.args``; the query of the address
    :param key: called with the caller's own `World`: the bearer token, for routes that
        take no session
    :param result: takes out of the answer's JSON what counts, where it has any
    """

    path: str
    cells: str
    why: str
    values: Callable = _no_values
    body: Callable | None = None
    query: Callable = _no_values
    key: Callable | None = None
    result: Callable | None = None
    is_own: bool = False
    is_jsonrpc: bool = False
    loggers: tuple = ()

    @property
    def name(self):
        """Return the name by which the docs show the route."""
        return self.path

    def expected(self):
        """Return what each role can do: {role: cell}."""
        return dict(zip(ROLES, self.cells.split(), strict=True))


@dataclass(frozen=True)
class Orm:
    """What the ORM's own methods do for each role with one model.

    :param on: the sample that is read and written
    :param read, write, create, delete: cells as of `Row`
    :param values: called as ``Row.args``; the values of a new record
    :param change: called as ``Row.args``; the values that are written
    :param delete_on: the sample that is deleted, where it is not ``on``
    :param makes_own: a new record can name none of others
    """

    model: str
    on: str
    read: str
    why: str
    write: str = ""
    create: str = ""
    delete: str = ""
    values: Callable = _no_values
    change: Callable = _no_values
    delete_on: str = ""
    makes_own: bool = False
    context: Callable | None = None

    def families(self):
        """Return the cells of each family: {family: text}."""
        return {
            "read": self.read,
            "write": self.write or NOBODY,
            "create": self.create or NOBODY,
            "delete": self.delete or NOBODY,
        }

    def expected(self):
        """Return what each role can do: {role: {family: cell}}."""
        families = self.families()
        return {
            role: {name: text.split()[index] for name, text in families.items()}
            for index, role in enumerate(ROLES)
        }

    def rows(self, model):
        """Return a `Row` for each of the ORM's methods that the model has.

        :param model: an empty recordset
        """
        for family, cells in self.families().items():
            if family != "read" and not model._auto:
                continue  # nothing could be written where there is no table
            for name, build in FAMILIES[family].items():
                options = build(self, model)
                if options is not None:
                    why = f"{family}: {self.why}"
                    yield Row(
                        self.model, name, cells, why, context=self.context, **options
                    )

    def refusals(self, model, refused):
        """Return a `Row` for what is tried beside the rows, where it is refused.

        Where it is allowed it may still fail, for what a copy or a new record lacks:
        that it asks for the same rights as its family is all there is to prove.

        :param model: an empty recordset
        :param refused: a set of families
        """
        name = _pick(model, ("char", "selection", "integer", "many2one"))
        spec = {name: {}}
        archiving = ("action_archive", "action_unarchive", "toggle_active")
        tried = {
            "read": {"copy_data": [], "copy": [], "get_field_translations": [name]},
            "write": {
                "update_field_translations": [name, {"en_US": "x"}],
                "web_override_translations": [{name: "x"}],
                **dict.fromkeys(archiving if model._active_name else (), []),
                **({"web_resequence": [spec]} if "sequence" in model._fields else {}),
                **(
                    {} if model._auto else {"write": [{}], "web_save_multi": [[{}], {}]}
                ),
            },
            "delete": {} if model._auto else {"unlink": []},
            "create": {
                "name_create": ["+33639980066"],
                "load": [[name], [["x"]]],
                "web_save": [{name: False}, spec],
                "onchange": [{}, [], spec],
                **({} if model._auto else {"create": [[{}]]}),
            },
        }
        for family, methods in tried.items():
            for method, args in methods.items() if family in refused else ():
                yield Row(
                    self.model,
                    method,
                    "",
                    "",
                    on="" if family == "create" else self.on,
                    args=lambda _target, _me, args=args: list(args),
                    result=_read_ids if method == "load" else _same,
                    context=self.context,
                )


# --- the ORM's own methods, by family ---


def _domain(target, sample):
    return [("id", "in", getattr(target, sample).ids)]


def _by_ids(*args, result=None):
    """Return a builder; ``FIELDS`` and ``SPEC`` in ``args`` name a stored field."""

    def build(orm, model):
        options = {"on": orm.on, "args": _arguments(args, model)}
        return options | ({"result": result} if result else {})

    return build


def _by_domain(*args, result=None, before=()):
    def build(orm, model):
        get = _arguments(args, model), _arguments(before, model)

        def get_args(target, me):
            after, first = (each(target, me) for each in get)
            return [*first, _domain(target, orm.on), *after]

        return {"args": get_args} | ({"result": result} if result else {})

    return build


FIELDS, SPEC = object(), object()


def _arguments(args, model):
    name = _pick(model)
    chosen = {FIELDS: [name], SPEC: {name: {}}}
    values = [chosen[each] if each is FIELDS or each is SPEC else each for each in args]
    return lambda _target, _me: list(values)


def _pick(model, kinds=()):
    """Return the name of a stored field that everybody who reads the model can read."""
    wanted = kinds or ("char", "selection", "many2one", "datetime", "integer")
    names = [
        (not each.required, wanted.index(each.type), name)
        for name, each in model._fields.items()
        if each.type in wanted and each.store and not each.groups and name != "id"
    ]
    # One that is filled for certain, if there is one.
    return min(names)[-1] if names else None


def _export(orm, model):
    # The id shows that there is an answer, the field that its record could be read.
    return {
        "on": orm.on,
        "args": lambda _target, _me: [[_pick(model), ".id"]],
        "result": lambda found: found["datas"],
    }


def _metadata(orm, model):
    if not model._log_access:
        return None  # it has none, and answers with the ids that it was given
    return {
        "on": orm.on,
        "result": lambda found: [each.get("create_date") for each in found],
    }


def _count(groups):
    return sum(group["__count"] for group in groups)


def _progress_bar(orm, model):
    name = _pick(model, ("selection",))
    if not name or not model._fields[name].required:
        return None
    values = model._fields[name]._description_selection(model.sudo().env)
    bar = {"field": name, "colors": {each: "x" for each, _title in values}}
    return {
        "args": lambda target, _me: [_domain(target, orm.on), name, bar],
        "result": lambda groups: sum(sum(each.values()) for each in groups.values()),
    }


def _web_read_group(orm, model):
    name = _pick(model, ("selection", "many2one", "char", "integer"))
    return {
        "args": lambda target, _me: [_domain(target, orm.on), [name], ["__count"]],
        "result": lambda found: found["length"],
    }


def _search_panel(orm, model):
    name = _pick(model, ("many2one",))
    if not name or not model._fields[name].required:
        return None
    return {
        "args": lambda target, _me: [name],
        "kwargs": lambda target, _me: {
            "search_domain": _domain(target, orm.on),
            "enable_counters": True,
            "expand": False,
        },
        "result": lambda found: [each["id"] for each in found["values"]],
    }


READING = {
    "read": _by_ids(FIELDS),
    "web_read": _by_ids(SPEC),
    "export_data": _export,
    "get_metadata": _metadata,
    "has_access": _by_ids("read"),
    "search": _by_domain(),
    "search_count": _by_domain(),
    "search_read": _by_domain(FIELDS),
    "web_search_read": _by_domain(SPEC, result=lambda found: found["records"]),
    "name_search": _by_domain(before=("",)),
    "web_name_search": _by_domain(before=("", SPEC)),
    "formatted_read_group": _by_domain([], ["__count"], result=_count),
    "formatted_read_grouping_sets": _by_domain(
        [[]], ["__count"], result=lambda sets: _count(sets[0])
    ),
    "read_group": _by_domain(["__count"], [], result=_count),
    "web_read_group": _web_read_group,
    "read_progress_bar": _progress_bar,
    "search_panel_select_range": _search_panel,
    "search_panel_select_multi_range": _search_panel,
}


def _write(*, after=(), wrap=False):
    def build(orm, model):
        get_after = _arguments(after, model)

        def get(target, me):
            values = orm.change(target, me)
            return [[values] if wrap else values, *get_after(target, me)]

        return {"on": orm.on, "args": get}

    return build


def _onchange(orm, model):
    get_spec = _arguments([SPEC], model)

    def get(target, me):
        values = orm.change(target, me)
        return [values, list(values), *get_spec(target, me)]

    return {"on": orm.on, "args": get, "result": lambda answer: ["answered", answer]}


WRITING = {
    "write": _write(),
    "web_save": _write(after=(SPEC,)),
    "web_save_multi": _write(after=(SPEC,), wrap=True),
    "onchange": _onchange,
}


def _create(orm, _model):
    return {
        "args": lambda target, me: [[orm.values(target, me)]],
        "is_own": orm.makes_own,
    }


CREATING = {"create": _create}


def _unlink(orm, _model):
    sample = orm.delete_on or orm.on
    return {"on": sample, "effect": lambda target: bool(target[sample].exists())}


DELETING = {"unlink": _unlink}
FAMILIES = {
    "read": READING,
    "write": WRITING,
    "create": CREATING,
    "delete": DELETING,
}


# Methods of every model that no row has, with the reason.
COMMON = {
    name: reason
    for names, reason in {
        "fields_get get_view get_views get_empty_list_help view_header_get "
        "get_import_templates mail_allowed_qweb_expressions mail_get_partner_fields "
        "is_transient get_base_url get_formview_id get_formview_action "
        "get_property_definition default_get": "describes the model, not its records",
        "check_access_rights check_access_rule check_field_access_rights": "asks "
        "what has_access asks",
        "get_external_id": "names of records that an addon brings along",
        "action_archive action_unarchive toggle_active web_resequence": "calls write, "
        "where the model has the field at all",
        "read_progress_bar search_panel_select_range search_panel_select_multi_range "
        "get_metadata": "reads, where the model has fields for it at all",
        "copy_translations": "takes a recordset",
    }.items()
    for name in names.split()
}


# --- the table as the docs show it ---

LETTERS = {"read": "R", "write": "W", "create": "C", "delete": "D"}


def build_tables(orm, rows, routes):
    """Return the lines of the three tables in docs/rights.md, in Markdown.

    :param orm, rows, routes: lists of `Orm`, `Row` and `Route`, of all addons together
    :return: the tables of records, of methods and of routes
    :rtype: list[list[str]]
    """
    records = [
        (f"`{each.model}`", _join_families(each), each.why)
        for each in sorted(orm, key=lambda each: each.model)
    ]
    merged = {}
    for row in sorted(rows, key=lambda row: (row.model, row.method)):
        merged.setdefault((row.model, row.cells, row.why), []).append(row.method)
    methods = [
        (f"`{model}` {', '.join(f'`{name}`' for name in names)}", cells.split(), why)
        for (model, cells, why), names in merged.items()
    ]
    paths = [
        (f"`{route.path}`".replace("|", "\\|"), route.cells.split(), route.why)
        for route in sorted(routes, key=lambda route: route.path)
    ]
    return [
        _build_table("records of", records),
        _build_table("method", methods),
        _build_table("route", paths),
    ]


def _join_families(orm):
    """Return a cell for each role, as “R all · W own”."""
    cells = []
    for families in orm.expected().values():
        by_word = {}
        for name, word in families.items():
            by_word[word] = by_word.get(word, "") + LETTERS[name]
        words = [f"{by_word[word]} {word}" for word in (OWN, ALL) if word in by_word]
        cells.append(" · ".join(words) or REFUSED)
    return cells


def _build_table(title, lines):
    heads = [title, *COLUMNS, "why"]
    return [
        f"| {' | '.join(heads)} |",
        f"|{' --- |' * len(heads)}",
        *(f"| {' | '.join([name, *cells, why])} |" for name, cells, why in lines),
    ]


class World(dict):
    """One user, and a record of every kind that is the user's own, by name."""

    __getattr__ = dict.__getitem__


class AccessMatrixCase:
    """Tries rows as every role; for a `TransactionCase`.

    The test class sets ``addon``, the name whose classes and routes are looked at;
    ``worlds``, a `World` by role; ``owner``, the `World` that is nobody's of them; and
    the table: ``rows`` and ``orm``.
    """

    # === WHAT THERE IS === #

    def find_methods(self):
        """Return the public methods that models have by the addon: {(model, name)}.

        Those that it defines, those of mixins that it brings, and of models of its own
        those that every model has, but not what addons add that it does not depend on.
        """
        package = f"odoo.addons.{self.addon}."
        needed = self.find_needed()
        orm = self.find_public(self.env["base"]) - {"onchange"}
        found = set()
        for name, cls in self.registry.items():
            model = self.env[name]
            if cls._original_module not in needed:
                continue
            if model._abstract and cls._inherit_children:
                continue  # its methods are those of the models that inherit it
            brought = {
                each
                for parent in self.find_parents(cls)
                for each in self.registry[parent].mro()
                if parent == "base" or each not in self.registry["base"].mro()
            }
            names = self.find_public(model)
            if model._abstract:
                names -= orm  # without a table there is nothing to read or write
            elif name.startswith("telephony.") and cls._original_module != self.addon:
                names -= orm  # which are in the table of the addon that brings it
            for method in names:
                definitions = [
                    each
                    for each in cls.mro()
                    if method in vars(each) and _get_addon(each) in {None, *needed}
                ]
                if any(
                    each in brought or each.__module__.startswith(package)
                    for each in definitions
                ):
                    found.add((name, method))
        return found

    def find_needed(self):
        """Return the names of the addon and of all that it depends on."""
        needed, names = set(), {self.addon}
        while names:
            needed |= names
            modules = self.env["ir.module.module"].search([("name", "in", [*names])])
            names = set(modules.dependencies_id.mapped("name")) - needed
        return needed

    def find_parents(self, cls):
        """Return the names of the models that a model inherits by the addon."""
        parents = {
            parent
            for parent, module in cls._inherit_module.items()
            if module == self.addon and parent != "base"
        }
        return parents | ({"base"} if cls._original_module == self.addon else set())

    def find_public(self, model):
        """Return the names of a model's methods that a request can call."""
        names = set()
        for name in dir(type(model)):
            try:
                get_public_method(model, name)
            except (AccessError, AttributeError):
                continue
            names.add(name)
        return names

    def get_orm_rows(self):
        """Return the rows of all families of the ORM's methods."""
        return [row for orm in self.orm for row in orm.rows(self.env[orm.model])]

    def get_covered(self):
        """Return what the table holds: {(model, method)}."""
        rows = [*self.rows, *self.get_orm_rows()]
        for orm in self.orm:
            rows += orm.refusals(self.env[orm.model], set(FAMILIES))
        return {(row.model, row.method) for row in rows}

    # === TRYING === #

    def check_row(self, row):
        """Make sure that a row says what happens, and that it can happen at all."""
        cells = {role: self.get_cell(row, role) for role in ROLES}
        self.assertEqual(cells, row.expected(), row.name)
        if not set(cells.values()) & {OWN, ALL} and not row.is_barred:
            # Its arguments must be right, or the refusals prove nothing.
            system = World(
                self.owner, role="system", user=self.env.ref("base.user_root")
            )
            self.assertTrue(self.attempt(row, self.owner, system), row.name)

    def get_cell(self, row, role):
        """Return what a role can do with a row's method, as the table has it."""
        me = self.worlds[role]
        own = self.attempt(row, me, me)
        if row.is_own or not own:
            others = not row.is_own and self.attempt(row, self.owner, me)
            return "others" if others else OWN if own else REFUSED
        return ALL if self.attempt(row, self.owner, me) else OWN

    def attempt(self, row, target, me):
        """Call a row's method as a user; nothing of it lasts.

        :param target: the `World` whose records are named
        :param me: the `World` of the user
        :return: whether the method did its work
        """
        with self.undone(writes=row.method not in READING):
            args = row.args(target, me)
            if row.on:
                args = [target[row.on].ids, *args]
            kwargs = row.kwargs(target, me)
            if row.context:
                kwargs["context"] = row.context(target, me)
            before = row.effect(target) if row.effect else None
            try:
                result = self.call(row.model, row.method, args, kwargs, me)
                self.env.flush_all()
            except REFUSALS as error:
                self.assert_silent(row, me, str(error))
                return False
            if row.effect:
                self.env.invalidate_all()
                return row.effect(target) != before
            self.assert_silent(row, me, repr(result))
            return not is_empty(row.result(result))

    def call(self, model, method, args, kwargs, me):
        """Call a method as a request does, in the user's companies."""
        records = self.env(user=me.user.id, su=me.role == "system")[model]
        context = {"lang": "en_US", "tz": "UTC", **kwargs.pop("context", {})}
        is_of_model = getattr(getattr(type(records), method), "_api_model", False)
        if not is_of_model and not (args and isinstance(args[0], list)):
            args = [[], *args]
        return call_kw(records, method, args, {**kwargs, "context": context})

    def check_refusals(self, orm):
        """Make sure that what has no row of its own is refused with its family."""
        for role, row_cells in orm.expected().items():
            refused = {name for name, cell in row_cells.items() if cell != ALL}
            if row_cells["create"] != REFUSED:
                refused.discard("create")
            for row in orm.refusals(self.env[orm.model], refused):
                self.assertFalse(
                    self.attempt(row, self.owner, self.worlds[role]),
                    f"{row.name} as {role}",
                )

    # === OVER HTTP, for an `HttpCase` === #

    def find_routes(self):
        """Return the paths of the addon's routes, as the routing map has them."""
        package = f"odoo.addons.{self.addon}."
        rules = _generate_routing_rules(self.registry._init_modules, nodb_only=False)
        return {
            path
            for path, endpoint in rules
            if endpoint.func.__module__.startswith(package)
        }

    def check_route(self, route):
        """Make sure that a route's row says what happens."""
        cells = {}
        for role, me in self.worlds.items():
            self.log_in(me)
            own = self.visit(route, me, me)
            if route.is_own or not own:
                others = not route.is_own and self.visit(route, self.owner, me)
                cells[role] = "others" if others else OWN if own else REFUSED
            else:
                cells[role] = ALL if self.visit(route, self.owner, me) else OWN
        self.assertEqual(cells, route.expected(), route.name)

    def log_in(self, me):
        """Begin a session of the user, who has just typed the password."""
        session = self.authenticate(me.user.login, me.user.login)
        session["identity-check-last"] = time.time()
        root.session_store.save(session)

    def visit(self, route, target, me):
        """Ask for a route as a user; nothing of it lasts.

        :return: whether it was answered
        """
        values = route.values(target, me)
        place = re.compile(r"<[^>]*?(\w+)>")
        path = place.sub(lambda match: str(values[match[1]]), route.path)
        body = route.body(target, me) if route.body else None
        headers = {"Authorization": f"Bearer {route.key(me)}"} if route.key else {}
        with self.undone(), mute_logger("odoo.http", *route.loggers):
            if route.is_jsonrpc:
                return self.call_http(path, body, lambda answer: answer)
            answer = self.opener.request(
                "GET" if body is None else "POST",
                self.base_url() + path,
                params=route.query(target, me),
                json=body,
                headers=headers,
                timeout=60,
                allow_redirects=False,
            )
            if answer.status_code in (401, 403, 404) or is_login(answer):
                return False
            self.assertLess(answer.status_code, 400, f"{route.name}: {answer.text}")
            self.assert_silent(route, me, answer.text)
            return not route.result or not is_empty(route.result(answer.json()))

    def check_row_over_http(self, row, interface):
        """Make sure that a row says what happens when its method is called by HTTP.

        :param interface: a function as `call_kw` and `call_json2`
        """
        cells = {}
        for role, me in self.worlds.items():
            self.log_in(me)
            own = interface(row, me, me)
            others = not row.is_own and interface(row, self.owner, me)
            cells[role] = ALL if others else OWN if own else REFUSED
        self.assertEqual(cells, row.expected(), row.name)

    def call_kw(self, row, target, me):
        """Call a row's method as the web client does."""
        args = row.args(target, me)
        if not getattr(getattr(self.registry[row.model], row.method), "_api_model", 0):
            args = [target[row.on].ids if row.on else [], *args]
        params = {
            "model": row.model,
            "method": row.method,
            "args": args,
            "kwargs": row.kwargs(target, me),
        }
        with self.undone(), mute_logger("odoo.http"):
            before = row.effect(target) if row.effect else None
            path = f"/web/dataset/call_kw/{row.model}/{row.method}"
            done = self.call_http(path, params, row.result)
            self.env.invalidate_all()
            return done and (not row.effect or row.effect(target) != before)

    def call_http(self, path, params, read):
        """Call a route of JSON-RPC.

        :return: whether it answered with more than nothing
        """
        answer = self.opener.post(
            self.base_url() + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=60,
        ).json()
        if "error" in answer:
            name = answer["error"]["data"]["name"]
            refusals = [f"{each.__module__}.{each.__name__}" for each in REFUSALS]
            self.assertIn(name, refusals, answer["error"]["data"]["message"])
            return False
        result = answer.get("result")
        return result is None or not is_empty(read(result))

    def call_json2(self, row, target, me):
        """Call a row's method as a program with the user's API key does."""
        keys = self.env["res.users.apikeys"].with_user(me.user).sudo()
        function = getattr(self.registry[row.model], row.method)
        names = [
            name for name in inspect.signature(function).parameters if name != "self"
        ]
        body = dict(zip(names, row.args(target, me), strict=False))
        body |= row.kwargs(target, me)
        if row.on:
            body["ids"] = target[row.on].ids
        with (
            self.undone(),
            mute_logger("odoo.http", "odoo.addons.base.models.res_users"),
        ):
            until = fields.Datetime.now() + timedelta(days=1)
            api_key = keys._generate("rpc", "test", until)
            before = row.effect(target) if row.effect else None
            answer = self.opener.post(
                f"{self.base_url()}/json/2/{row.model}/{row.method}",
                json=body,
                headers={"Authorization": f"Bearer {api_key}"},
                timeout=60,
            )
            if answer.status_code in (401, 403, 404):
                return False
            self.assertEqual(answer.status_code, 200, answer.text)
            self.env.invalidate_all()
            if row.effect:
                return row.effect(target) != before
            return not is_empty(row.result(answer.json()))

    def assert_silent(self, row, me, text):
        """Make sure that nothing of what others said is in an answer or an error."""
        if me.role in STRANGERS and self.owner.secret in text:
            raise AssertionError(f"{row.name} as {me.role}: {self.owner.secret}")

    @contextmanager
    def undone(self, writes=True):
        """Take back what is done within, in the database and in memory.

        :param writes: whether there can be anything to take back in the database
        """
        muted = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
        savepoint = closing(self.cr.savepoint()) if writes else nullcontext()
        with savepoint, mute_logger(*muted):
            yield
            self.env.transaction.clear()
        self.cr.postcommit.clear()


def is_login(answer):
    """Say whether a browser is sent to log in."""
    return answer.is_redirect and "/web/login" in answer.headers["Location"]


def is_empty(value):
    """Say whether nothing is left of an answer: no record, no number, no text."""
    if isinstance(value, BaseModel):
        return not value.ids
    if isinstance(value, dict):
        return all(is_empty(each) for each in value.values())
    if isinstance(value, list | tuple | set):
        return all(is_empty(each) for each in value)
    return not value
