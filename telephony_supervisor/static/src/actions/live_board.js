import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, xml } from "@odoo/owl";

/** The live board; its code is loaded by those who open it. */
export class LiveBoardAction extends Component {
    static template = xml`
        <LazyComponent
            bundle="'telephony_supervisor.assets_board'"
            Component="'telephony_supervisor.LiveBoard'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
}

registry.category("actions").add("telephony_board", LiveBoardAction);
