"""The API keeps what its description promises, whatever it is asked."""

import subprocess

from tools.stack.demo_data import create_extensions
from tools.stack.paths import LOCAL, ROOT

SCHEMATHESIS = LOCAL / "schemathesis" / "bin" / "schemathesis"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)


def test_schemathesis_finds_no_error_and_no_undocumented_answer(stack):
    pbx = stack.admin.create(
        "telephony.pbx", name="API", provider="api", api_rate=60_000
    )
    create_extensions(stack.admin, pbx, {"colleague": "3001"})
    action = stack.admin.call("telephony.pbx", "action_new_token", [pbx])
    token = action["context"]["default_token"]
    tested = subprocess.run(
        [
            SCHEMATHESIS,
            "run",
            ROOT / "docs" / "openapi.json",
            "--url",
            stack.odoo.url,
            "--header",
            f"Authorization: Bearer {token}",
            "--checks",
            ",".join(CHECKS),
            "--max-examples",
            "40",
            "--seed",
            "1",
            "--generation-database",
            "none",
        ],
        cwd=LOCAL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout[-6000:]
    calls = stack.admin.search_read("telephony.call", [("pbx_id", "=", pbx)], ["id"])
    assert calls, "nothing was registered"
    # Some of them ring on for ever.
    stack.admin.call("telephony.call", "unlink", [call["id"] for call in calls])
    stack.admin.call("telephony.pbx", "unlink", [pbx])
