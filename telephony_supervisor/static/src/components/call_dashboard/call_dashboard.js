import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

/** The figures of a period beside those of the one before, and what they are made of. */
export class CallDashboard extends Component {
    static template = "telephony_supervisor.CallDashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ period: "week", figures: [], breakdowns: [] });
        this.display = { controlPanel: {} };
        onWillStart(() => this.load(this.state.period));
    }

    get periods() {
        return [
            { name: "day", label: _t("Today"), before: _t("yesterday") },
            { name: "week", label: _t("7 days"), before: _t("the 7 days before") },
            { name: "month", label: _t("30 days"), before: _t("the 30 days before") },
        ];
    }

    get beforeText() {
        const { before } = this.periods.find(({ name }) => name === this.state.period);
        return _t("Compared with %(period)s", { period: before });
    }

    get isEmpty() {
        return !this.state.figures.some(({ name, value }) => name === "calls" && value);
    }

    /** @returns {number} the calls of the longest line, to which the bars are drawn */
    getMost({ lines }) {
        return Math.max(...lines.map(({ calls }) => calls));
    }

    async load(period) {
        const data = await this.orm.call("telephony.call.report", "get_dashboard", [period]);
        Object.assign(this.state, { period, ...data });
    }

    getTrend({ trend }) {
        return {
            better: { className: "text-success", icon: "fa-thumbs-o-up", label: _t("Better") },
            worse: { className: "text-danger", icon: "fa-thumbs-o-down", label: _t("Worse") },
        }[trend];
    }

    /** Open the calls behind a figure: missed ones for the missed, else all. */
    openFigure({ name }) {
        const domain = [];
        if (name === "missed" || name === "called_back_rate") {
            domain.push(["is_missed", "=", true]);
        }
        if (name !== "calls" && name !== "talk_time") {
            domain.push(["direction", "=", "inbound"]);
        }
        return this.openCalls(domain);
    }

    /** @param {Array} domain of calls of the period */
    async openCalls(domain) {
        const action = await this.action.loadAction("telephony_connector.action_telephony_call");
        return this.action.doAction({
            ...action,
            // Without the action's own filter: the figures are everybody's.
            context: {},
            domain: [
                ["start_date", ">=", this.state.start],
                ["start_date", "<", this.state.end],
                ...domain,
            ],
        });
    }
}

registry.category("actions").add("telephony_dashboard", CallDashboard);
