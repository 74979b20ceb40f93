"""Odoo's test result, which also writes down what came of each test."""

import re
import time

from odoo import sql_db
from odoo.tests.case import _SubTest
from odoo.tests.result import OdooTestResult

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
HOOT_METHOD = re.compile(r"test_unit_(\w+)$")


class RecordingResult(OdooTestResult):
    """``record`` is the :class:`tools.odoo_tests.inside.Record` to write to."""

    record = None
    _status = None

    def startTest(self, test):
        self._status, self._text = PASSED, ""
        preset = HOOT_METHOD.search(test.id())
        self.record.preset = preset and preset[1]
        super().startTest(test)

    def stopTest(self, test):
        self.record.write(
            id=test.id(),
            status=self._status,
            text=self._text,
            seconds=round(time.time() - self.time_start, 3),
            queries=sql_db.sql_counter - self.queries_start,
        )
        self._status = self.record.preset = None
        super().stopTest(test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if not isinstance(test, _SubTest):
            self._note(test, SKIPPED, reason)

    def logError(self, flavour, test, error):
        super().logError(flavour, test, error)
        self._note(test, FAILED, self._exc_info_to_string(error, test))

    def _note(self, test, status, text):
        if self._status is None:  # the setup of a class
            self.record.write(id=test.id(), status=status, text=text)
        elif self._status != FAILED:
            self._status, self._text = status, text
