import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { Activity } from "@mail/core/web/activity";
import { Activity as ActivityModel } from "@mail/core/common/activity_model";
import { fields } from "@mail/core/common/record";

import { Component } from "@odoo/owl";

import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { claimClick } from "@telephony_connector/utils/phone_numbers";

patch(ActivityModel.prototype, {
    setup() {
        super.setup(...arguments);
        /** Of the kind “Call”: whom to call, as of `telephony.client.dial`, with a label. */
        this.telephony_numbers = fields.Attr([]);
    },
});

/** The numbers of an activity's record, each with its button to call it. */
export class ActivityNumbers extends Component {
    static template = "telephony_connector.ActivityNumbers";
    static props = { activity: Object };

    setup() {
        this.telephony = useService("telephony");
        this.dialer = useService("telephony.dialer");
    }

    get numbers() {
        const { state, telephony_numbers } = this.props.activity;
        return state === "done" ? [] : telephony_numbers;
    }

    getHref({ number }) {
        return "tel:" + number.replace(/\s+/g, "");
    }

    onClick(ev, { number, model, res_id: resId, field }) {
        if (this.telephony.callsByClick && claimClick(ev)) {
            this.dialer.dial({ number, model, resId, field });
        }
    }
}

patch(Activity, { components: { ...Activity.components, ActivityNumbers } });
patch(ActivityListPopoverItem, {
    components: { ...ActivityListPopoverItem.components, ActivityNumbers },
});
