import { Component, useRef } from "@odoo/owl";

import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { PhonePanel } from "./phone_panel";

/** The telephone in the systray: the line's state, missed calls, and the panel. */
export class PhoneMenu extends Component {
    static template = "telephony_connector.PhoneMenu";
    static props = {};

    setup() {
        this.telephony = useService("telephony");
        this.button = useRef("button");
        this.popover = usePopover(PhonePanel, {
            position: "bottom-end",
            popoverClass: "o_telephony_popover",
        });
        useCommand(_t("Telephone"), () => this.toggle(), {
            hotkey: "alt+shift+p",
            global: true,
            hotkeyOptions: { bypassEditableProtection: true },
            isAvailable: () => this.telephony.isActive,
        });
    }

    get icon() {
        switch (this.telephony.lineState) {
            case "ringing":
                return "fa-phone o_telephony_ringing";
            case "ready":
            case "talking":
                return "fa-phone";
            default:
                return "fa-phone opacity-50";
        }
    }

    get isFaulty() {
        return ["pbx_unreachable", "no_listener"].includes(this.telephony.lineState);
    }

    get title() {
        const { lineText, phone } = this.telephony;
        const missed = phone.missed_count;
        const missedText = missed ? _t("%(count)s missed calls", { count: missed }) : "";
        return [lineText, missedText].filter(Boolean).join(" · ");
    }

    toggle() {
        if (this.popover.isOpen) {
            this.popover.close();
        } else {
            this.popover.open(this.button.el, {});
        }
    }
}

registry
    .category("systray")
    .add("telephony_connector.PhoneMenu", { Component: PhoneMenu }, { sequence: 30 });
