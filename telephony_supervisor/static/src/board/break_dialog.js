import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

import { Component, useState } from "@odoo/owl";

/** Asks why an agent has a break, before it begins. */
export class BreakDialog extends Component {
    static template = "telephony_supervisor.BreakDialog";
    static components = { Dialog };
    static props = { name: String, confirm: Function, close: Function };

    setup() {
        this.state = useState({ reason: "" });
        useAutofocus();
    }

    confirm() {
        this.props.close();
        return this.props.confirm(this.state.reason);
    }
}
