"""Which of Odoo's tests run, and in which database."""

from dataclasses import dataclass

# What is installed beside the addon's own dependencies. Two databases, because Odoo's
# tests count queries, and more modules cost more of them.
WORLDS = {
    "crm": (),
    "hr": ("hr", "base_automation"),
}
BASE_FILES = (
    "test_groups",
    "test_ir_cron",
    "test_res_partner",
    "test_res_partner_bank",
    "test_res_partner_merge",
    "test_res_users",
    "test_user_has_group",
    "test_views",
)
PRESETS = {
    "desktop": "/web:WebSuite.test_unit_desktop",
    "mobile": "/web:MobileWebSuite.test_unit_mobile",
}
# The browser's unit tests are parts of their own; test_hoot tests the test framework,
# in a page without any addon.
WITHOUT_HOOT = ",".join(
    f"-{tag}" for tag in (*PRESETS.values(), "/web:WebSuite.test_hoot")
)


@dataclass(frozen=True)
class Part:
    """A share of Odoo's tests that runs by itself.

    ``tags`` is for Odoo's ``--test-tags``, ``world`` a key of ``WORLDS``.
    """

    name: str
    tags: str
    world: str = "crm"


PARTS = (
    Part("base", ",".join(f"/base/tests/{name}.py" for name in BASE_FILES)),
    Part("web", f"/web,{WITHOUT_HOOT}"),
    Part("bus", "/bus"),
    Part("mail", "/mail"),
    Part("sms", "/sms"),
    Part("crm", "/crm"),
    Part("crm_sms", "/crm_sms"),
    Part("contacts", "/contacts"),
    Part("phone_validation", "/phone_validation"),
    Part("privacy_lookup", "/privacy_lookup"),
    Part("calendar", "/calendar"),
    Part("digest", "/digest"),
    Part("hr", "/hr", "hr"),
    Part("base_automation", "/base_automation", "hr"),
    *(
        Part(f"hoot-{module}-{preset}", f"{tag}[@{module}]")
        for module in ("crm", "sms", "mail", "web")
        for preset, tag in PRESETS.items()
    ),
)
