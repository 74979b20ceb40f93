from odoo.tests import BaseCase

from ..engine.dial_link import build_dial_link, is_dial_link


class TestDialLink(BaseCase):
    def test_links_to_softphones(self):
        for template in (
            "tel:{number}",
            "sip:{number}",
            "sip:{number}@pbx.example.com;transport=tls",
            "callto:{number}",
            "zoiper:{number}",
            "myphone+v2://call?number={number}&auto=1",
        ):
            with self.subTest(template=template):
                self.assertTrue(is_dial_link(template))

    def test_links_to_anything_else(self):
        for template in (
            "",
            "{number}",
            "tel:",
            "tel:{number}{number}",
            "tel:{number}{name}",
            "tel:{number }",
            "tel: {number}",
            "tel:{number}\n",
            'tel:{number}"><script>',
            "javascript:alert({number})",
            "JavaScript:alert({number})",
            " javascript:alert({number})",
            "data:text/html,{number}",
            "vbscript:{number}",
            "view-source:{number}",
            "http://phone.example.com/call?number={number}",
            "https://phone.example.com/call?number={number}",
            "file:///etc/{number}",
            "blob:{number}",
            "intent://call/{number}",
        ):
            with self.subTest(template=template):
                self.assertFalse(is_dial_link(template))

    def test_the_number_is_encoded(self):
        for template, number, link in (
            ("tel:{number}", "+33612345678", "tel:+33612345678"),
            ("tel:{number}", "*21#", "tel:*21%23"),
            ("sip:{number}@example.com", "1002", "sip:1002@example.com"),
            (
                "app://call?to={number}&x=1",
                "+33612345678",
                "app://call?to=%2B33612345678&x=1",
            ),
            ("app://call?to={number}", "*21#", "app://call?to=*21%23"),
        ):
            with self.subTest(template=template, number=number):
                self.assertEqual(build_dial_link(template, number), link)
