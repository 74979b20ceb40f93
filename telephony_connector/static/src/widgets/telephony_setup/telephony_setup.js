import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const CHANGES = [
    "telephony.call/changed",
    "telephony.command/changed",
    "telephony.pbx.setup/changed",
];

/** Reads the guided form anew when the server tells that something happened. */
export class SetupWatch extends Component {
    static template = "telephony_connector.SetupWatch";
    static props = { ...standardWidgetProps };

    setup() {
        this.bus = useService("bus_service");
        this.reload = this.reload.bind(this);
        onMounted(() => CHANGES.forEach((type) => this.bus.subscribe(type, this.reload)));
        onWillUnmount(() => CHANGES.forEach((type) => this.bus.unsubscribe(type, this.reload)));
    }

    async reload() {
        const { record } = this.props;
        if (record.resId && !(await record.isDirty())) {
            await record.load();
        }
    }
}

/** Rings the user's own phone by the telephone system that is being set up. */
export class TestCall extends Component {
    static template = "telephony_connector.TestCall";
    static props = { ...standardWidgetProps, isLink: { type: Boolean, optional: true } };

    setup() {
        this.dialer = useService("telephony.dialer");
        this.commands = useService("telephony.commands");
        this.state = useState({ isBusy: false });
    }

    get label() {
        return this.props.isLink ? _t("Open the Link") : _t("Ring My Phone");
    }

    async onClick() {
        const { record } = this.props;
        this.state.isBusy = true;
        try {
            if (await record.save()) {
                await this.ring(record);
            }
        } finally {
            this.state.isBusy = false;
        }
    }

    async ring(record) {
        const ids = [record.resId];
        const answer = await this.commands.request(record.resModel, "action_ring", [ids]);
        if (answer) {
            await this.dialer.onDialed(answer);
            await record.load();
        }
    }
}

registry.category("view_widgets").add("telephony_setup_watch", { component: SetupWatch });
registry.category("view_widgets").add("telephony_test_call", {
    component: TestCall,
    extractProps: ({ options }) => ({ isLink: options.is_link }),
});
