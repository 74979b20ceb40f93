import { Component, onWillUnmount, useEffect, useRef } from "@odoo/owl";

import { ErrorHandler } from "@web/core/utils/components";
import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";
import { WebClient } from "@web/webclient/webclient";
import { CallBarItem } from "@telephony_connector/components/call_bar/call_bar_item";
import { CallCard } from "@telephony_connector/components/call_cards/call_card";

const HEIGHT = "--o-telephony-bar-height";

/**
 * The calls in which the user talks, on every page of the web client. It is part of the
 * layout and takes its room from the page: nothing that one types in is below it. While
 * it is there, calls that ring besides show their cards in it, for the same reason.
 */
export class CallBar extends Component {
    static template = "telephony_connector.CallBar";
    static components = { CallBarItem, CallCard };
    static props = {};

    setup() {
        this.telephony = useService("telephony");
        this.root = useRef("root");
        // Dialogs cover the page: they leave this much free at their top.
        const observer = new ResizeObserver(([entry]) =>
            this.setHeight(entry.borderBoxSize[0].blockSize)
        );
        useEffect(
            (el) => {
                if (el) {
                    observer.observe(el);
                    return () => {
                        observer.disconnect();
                        this.setHeight(0);
                    };
                }
            },
            () => [this.root.el]
        );
        onWillUnmount(() => observer.disconnect());
    }

    get cards() {
        return this.telephony.hasCardsInBar ? this.telephony.cards : [];
    }

    get isShown() {
        return Boolean(
            this.telephony.isActive && (this.telephony.talks.length || this.cards.length)
        );
    }

    setHeight(height) {
        document.documentElement.style.setProperty(HEIGHT, `${height}px`);
    }
}

/** Whatever fails in the bar, the web client goes on without it. */
class CallBarSlot extends Component {
    static template = "telephony_connector.CallBarSlot";
    static components = { CallBar, ErrorHandler };
    static props = {};

    setup() {
        this.isFaulty = false;
    }

    onError(error) {
        this.isFaulty = true;
        this.render();
        // The user is told as of any other error, once this is drawn.
        Promise.resolve().then(() => {
            throw error;
        });
    }
}

// A property, since classes that extend the web client have components of their own.
patch(WebClient.prototype, {
    get TelephonyCallBar() {
        return CallBarSlot;
    },
});
