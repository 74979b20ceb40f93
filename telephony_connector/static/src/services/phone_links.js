import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { registry } from "@web/core/registry";
import { HtmlViewer } from "@html_editor/components/html_viewer/html_viewer";
import { claimClick } from "@telephony_connector/utils/phone_numbers";

/**
 * Links to numbers in messages, notes, descriptions, and wherever else one stands: a click
 * calls with the user's own phone, where there is one to call with.
 */
registry.category("services").add("telephony.phone_links", {
    dependencies: ["telephony", "telephony.dialer"],
    start(env, { telephony, "telephony.dialer": dialer }) {
        /** @param {MouseEvent} ev */
        function onClick(ev) {
            // The link may stand within the shadow of a message.
            const link = ev.composedPath().find((element) => element.tagName === "A");
            if (
                !telephony.callsByClick ||
                ev.defaultPrevented ||
                !/^tel:/i.test(link?.getAttribute("href") || "") ||
                // What has a handler of its own knows the record, too.
                link.closest(".o_telephony_call") ||
                link.isContentEditable ||
                !claimClick(ev)
            ) {
                return;
            }
            dialer.dial({ number: link.getAttribute("href") });
        }

        // Before a card or a row handles the click.
        browser.addEventListener("click", onClick, { capture: true });
        return { onClick };
    },
});

// A text with styles of its own stands in a frame, whose clicks reach no other listener.
patch(HtmlViewer.prototype, {
    setup() {
        super.setup();
        this.phoneLinks = useService("telephony.phone_links");
    },

    processReadonlyContent(container) {
        super.processReadonlyContent(container);
        if (this.showIframe) {
            this.addDomListener(container, "click", (ev) => this.phoneLinks.onClick(ev));
        }
    },
});
