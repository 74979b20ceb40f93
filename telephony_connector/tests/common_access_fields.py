"""The matrix of fields: what each role can read, and what names of others come along.

An addon keeps a snapshot beside its tests: by model, from which role on each field can
be read, and what stays empty for whom on a colleague's record that they may see.

Links are walked with ids that exist and are not the role's: in ``create``, ``write``,
``onchange``, ``default_get`` and ``web_read``. Whatever is refused is fine; what is
answered must hold nothing of the record that was named.
"""

import re

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common_access import REFUSALS, ROLES, AccessMatrixCase, is_empty

# Each sees what the one before does.
LADDER = {
    **{name: ROLES[name] for name in ("portal", "employee", "user", "supervisor")},
    "administrator": ROLES["administrator"],
    "system": "Odoo's administrator",
}
LINKS = ("many2one", "reference", "many2one_reference", "one2many", "many2many")
# Texts that tell nothing of a record.
TELLS_NOTHING = re.compile(r"([\w.]+,\d+|.{0,5}|[\w./-]+)", re.DOTALL)


class FieldWalkCase(AccessMatrixCase):
    """Reads every field as every role, and tries every link; for a `TransactionCase`.

    The test class sets ``samples``, the sample of each model, beside what
    `AccessMatrixCase` asks for.
    """

    # === WHAT CAN BE READ === #

    def find_fields(self):
        """Return the names of the addon's fields by model."""
        found, needed = {}, self.find_needed()
        for name, cls in sorted(self.registry.items()):
            model = self.env[name]
            if model._abstract or cls._original_module not in needed:
                continue
            names = self.find_own_fields(cls)
            if names:
                found[name] = names
        return found

    def find_own_fields(self, cls):
        """Return the names of the fields that a model has by the addon.

        Those that it defines, those of mixins that it brings, and of a model of its own
        those that every model has. What apps that the addon does not need add to a
        mixin, as ratings to every thread, is not its own.
        """
        needed = self.find_needed()
        found = {n for n, f in cls._fields.items() if self.addon in f._modules}
        of_every_model = set(self.registry["base"]._fields)
        for parent in self.find_parents(cls):
            fields = {
                name
                for name, field in self.registry[parent]._fields.items()
                if not field._modules or needed.intersection(field._modules)
            }
            found |= fields if parent == "base" else fields - of_every_model
        return found

    def read_as(self, role, model, record, names):
        """Return the values that a role can read of a record: {field: value}."""
        records = self.env(user=self.worlds[role].user.id, su=False)[model]
        records = records.with_context(**record.env.context).browse(record.id)
        if not records.has_access("read"):
            return {}
        known = set(records.fields_get(attributes=["type"]))
        values = {}
        for name in sorted(names & known):
            # One by one: a field may refuse where the others tell.
            with mute_logger("odoo.models"):
                try:
                    values[name] = records.read([name], load=None)[0][name]
                except AccessError:
                    continue
        return values

    def describe(self):
        """Return the snapshot, lines of text, and the number of fields."""
        lines, total = [], 0
        for model, names in self.find_fields().items():
            lines.append(model)
            lowest, total = self.find_lowest(model, names), total + len(names)
            for role in (*LADDER, None):
                chosen = sorted(n for n in names if lowest.get(n) == role)
                if chosen:
                    title = f"from {LADDER[role]}" if role else "nobody"
                    lines += _wrap(f"  {title}: ", chosen)
            lines += self.describe_empty(model, names)
        return lines, total

    def find_lowest(self, model, names):
        """Return the first role of the ladder that reads each field.

        Whoever stands higher reads it, too.
        """
        lowest = {}
        for role in LADDER:
            sample = self.get_sample(model, self.worlds[role])
            read = self.read_as(role, model, sample, names).keys()
            self.assertFalse(lowest.keys() - read, f"{model} as {role} reads less")
            for name in read & names:
                lowest.setdefault(name, role)
        return lowest

    def describe_empty(self, model, names):
        """Return what roles that see the owner's record do not see of it."""
        record = self.get_sample(model, self.owner)
        whole = record.sudo().read(load=None)[0]
        for role in ("teammate", "supervisor", "administrator"):
            values = self.read_as(role, model, record, names)
            empty = sorted(
                name
                for name in values.keys() & names
                if is_empty(values[name]) and not is_empty(whole.get(name))
            )
            if empty:
                yield from _wrap(f"  empty for {ROLES[role]}: ", empty)

    def get_sample(self, model, world):
        """Return the record of a model that is a user's own, by superuser."""
        record = world[self.samples[model]].sudo()
        orm = next((each for each in self.orm if each.model == model), None)
        if orm and orm.context:
            record = record.with_context(**orm.context(world, world))
        return record

    # === WHAT LINKS TELL === #

    def walk_links(self, role):
        """Try every link of every model as a role.

        :return: list of what was told: (model, field, way, text)
        """
        me = self.worlds[role]
        told = []
        for model, names in self.find_fields().items():
            sample = self.samples[model]
            records = self.env(user=me.user.id, su=False)[model]
            for field in (records._fields[name] for name in sorted(names)):
                if field.type not in LINKS or field.name in ("create_uid", "write_uid"):
                    continue
                if not records._auto:
                    continue  # nothing could be written
                for foreign in self.find_foreign(records, field):
                    texts = self.get_texts(foreign)
                    for way, answer in self.try_link(
                        records, sample, field, foreign, me
                    ):
                        told += [
                            (model, field.name, way, text)
                            for text in texts
                            if text in answer
                        ]
        return told

    def find_foreign(self, records, field):
        """Return records that a field could name and that the user may not read."""
        comodels = [field.comodel_name] if field.relational else []
        if field.type == "reference":
            options = field._description_selection(records.sudo().env)
            comodels = [name for name, _title in options]
        if field.type == "many2one_reference":
            return
        for comodel in comodels:
            known = self.owner.values()
            for foreign in (r for r in known if getattr(r, "_name", "") == comodel):
                as_user = records.env[comodel].browse(foreign.ids)
                if as_user._auto and as_user and not as_user._filtered_access("read"):
                    yield foreign.sudo()
                    break

    def get_texts(self, record):
        """Return what would tell of a record: its name, its texts and its times."""
        values = record.read(load=None)[0]
        texts = {record.display_name or ""}
        for name, value in values.items():
            kind = record._fields[name].type
            if kind in ("char", "text", "html"):
                texts.add(value or "")
            elif kind == "datetime" and name not in ("create_date", "write_date"):
                texts.add(str(value or ""))
        return {text for text in texts if not TELLS_NOTHING.fullmatch(text)}

    def try_link(self, records, sample, field, foreign, me):
        """Yield (way, answer) for each way to name a record by a link."""
        link = foreign.id
        if field.type == "reference":
            link = f"{foreign._name},{foreign.id}"
        elif field.type in ("one2many", "many2many"):
            link = [(4, foreign.id)]
        spec = self.get_spec(records)
        own = records.browse(me[sample].ids)
        values = self.get_values(records._name, me)
        name = field.name
        plain = [foreign.id] if isinstance(link, list) else link
        ways = {
            "create": lambda: records.create({**values, name: link}).web_read(spec),
            "write": lambda: (own.write({name: link}), own.web_read(spec)),
            "onchange": lambda: records.onchange({**values, name: link}, [name], spec),
            "onchange of a record": lambda: own.onchange({name: link}, [name], spec),
            "default": lambda: records.with_context(
                **{f"default_{name}": plain}
            ).onchange({}, [], spec),
            "default_get": lambda: records.with_context(
                **{f"default_{name}": plain}
            ).default_get([name]),
            "web_save": lambda: own.web_save({name: link}, spec),
        }
        if field.type in ("many2one", "reference") and own.has_access("write"):
            ways["kept"] = lambda: self.read_kept(own, name, link, spec)
        for way, attempt in ways.items():
            with self.undone(), mute_logger("odoo.sql_db", "odoo.http"):
                try:
                    yield way, repr(attempt())
                except (*REFUSALS, UserError) as error:
                    yield f"{way}, refused", str(error)
                except IntegrityError:
                    continue  # which a request answers with the constraint's own text

    def read_kept(self, record, name, link, spec):
        """Read a link that was set while its user could read where it leads.

        :return: what is shown, nothing where such a link can't be
        """
        try:
            record.sudo().write({name: link})
            record.env.invalidate_all()
        except UserError:
            return None
        return record.web_read(spec)

    def get_spec(self, records):
        """Return what the web client would ask for: every field, links with names."""
        readable = records.fields_get(attributes=["type"])
        return {
            name: {"fields": {"display_name": {}}} if info["type"] in LINKS else {}
            for name, info in readable.items()
        }

    def get_values(self, model, me):
        """Return the values of a new record of the user's own."""
        return next((orm.values(me, me) for orm in self.orm if orm.model == model), {})


def _wrap(title, names):
    line = title
    for name in names:
        text = f"{name}, "
        if len(line) + len(text) > 90 and line != title:
            yield line.rstrip()
            line = "    "
        line += text
    yield line.removesuffix(", ")
