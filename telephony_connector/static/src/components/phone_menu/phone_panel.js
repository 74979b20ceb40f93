import { Component, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { AgentState } from "@telephony_connector/components/agent_state/agent_state";
import { CallControls } from "@telephony_connector/components/call_controls/call_controls";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";
import { CalleeSearch } from "@telephony_connector/components/callee_search/callee_search";
import { PhonePresence } from "@telephony_connector/components/phone_presence/phone_presence";
import { getStatusText, isTalking } from "@telephony_connector/services/call_state";

const { DateTime } = luxon;

/** What the telephone in the systray opens: dial box, calls, missed, recent, colleagues. */
export class PhonePanel extends Component {
    static template = "telephony_connector.PhonePanel";
    static components = { AgentState, CallControls, CallTimer, CalleeSearch, PhonePresence };
    static props = { close: Function };

    setup() {
        this.telephony = useService("telephony");
        this.dialer = useService("telephony.dialer");
        this.pages = useService("telephony.pages");
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({
            tab: this.telephony.phone.missed_count ? "missed" : "recent",
            // The lists come after; the dial box takes what is typed from the start.
            isLoaded: false,
            missed: [],
            gathered: 0,
            recent: [],
            colleagues: [],
            hasSound: Boolean(user.settings.telephony_sound),
            canAskToNotify: browser.Notification?.permission === "default",
        });
        this.load();
    }

    async load() {
        const lists = await this.orm.silent.call("telephony.client", "get_panel", []);
        Object.assign(this.state, { isLoaded: true, ...lists });
    }

    get tabs() {
        const { missed_count } = this.telephony.phone;
        return [
            { id: "recent", name: _t("Recent") },
            { id: "missed", name: _t("Missed"), count: missed_count },
            { id: "colleagues", name: _t("Colleagues") },
        ];
    }

    /** Whether there is nothing to show in the open tab. */
    get isEmpty() {
        const { gathered, isLoaded, tab } = this.state;
        return isLoaded && !this.state[tab].length && !(tab === "missed" && gathered);
    }

    get gatheredText() {
        return _t("%(count)s calls of unknown callers who called once", {
            count: formatInteger(this.state.gathered),
        });
    }

    get emptyText() {
        return {
            recent: _t("No calls yet"),
            missed: _t("No missed calls left"),
            colleagues: _t("No colleague has an extension"),
        }[this.state.tab];
    }

    getStatus(call) {
        return getStatusText(call);
    }

    isTalking(call) {
        return isTalking(call) && call.answer_date;
    }

    /** Who it was, where a name is known. */
    getPerson(entry) {
        return entry.object?.name || entry.colleague;
    }

    getName(entry) {
        return this.getPerson(entry) || entry.number_display;
    }

    getCallText(name) {
        return _t("Call %(name)s", { name });
    }

    getIcon({ direction, is_missed }) {
        if (is_missed) {
            return "fa-phone text-danger";
        }
        return direction === "outbound" ? "fa-long-arrow-up" : "fa-long-arrow-down";
    }

    getKind({ direction, outcome, is_missed }) {
        if (direction === "internal") {
            return _t("Internal call");
        }
        if (direction === "outbound") {
            return ["answered", "unknown"].includes(outcome)
                ? _t("Outgoing call")
                : _t("Outgoing call, not reached");
        }
        return is_missed ? _t("Missed call") : _t("Incoming call");
    }

    getTime({ start_date }) {
        const start = deserializeDateTime(start_date);
        return start.hasSame(DateTime.now(), "day")
            ? start.toLocaleString(DateTime.TIME_SIMPLE)
            : start.toLocaleString({ day: "numeric", month: "short" });
    }

    getOnline({ im_status }) {
        switch (im_status?.replace("leave_", "")) {
            case "online":
                return { icon: "fa-circle text-success", text: _t("Online") };
            case "away":
                return { icon: "fa-circle text-warning", text: _t("Away") };
            default:
                return { icon: "fa-circle-o text-muted", text: _t("Offline") };
        }
    }

    getParkedText({ parking_space, parked_by }) {
        return parked_by
            ? _t("Parked on %(space)s by %(name)s", { space: parking_space, name: parked_by })
            : _t("Parked on %(space)s", { space: parking_space });
    }

    retrieve(parked) {
        this.props.close();
        return this.dialer.control(parked, "retrieve");
    }

    async dial(target) {
        this.props.close();
        await this.dialer.dial(target);
    }

    /** The call back belongs to whomever the call belongs to. */
    callBack({ id, number }) {
        return this.dial({ number, model: "telephony.call", resId: id, field: "number_display" });
    }

    async setHandled(entry) {
        await this.orm.call("telephony.call", "action_set_handled", [[entry.id]]);
        await this.load();
    }

    /** Open the list of missed callers, whose last section the gathered ones are. */
    openGathered() {
        this.props.close();
        return this.action.doAction("telephony_connector.action_telephony_followup");
    }

    openPage(call) {
        this.props.close();
        return this.pages.openPage(call);
    }

    async toggleSound() {
        this.state.hasSound = !this.state.hasSound;
        await user.setUserSettings("telephony_sound", this.state.hasSound);
    }

    async askToNotify() {
        const permission = await browser.Notification.requestPermission();
        this.state.canAskToNotify = permission === "default";
    }
}
