import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatSeconds } from "@telephony_connector/fields/duration/duration_field";

/** What is left to do after a call: result, note, next step, and whom to call next. */
export class WrapUpCard extends Component {
    static template = "telephony_connector.WrapUpCard";
    static props = { wrapUp: Object };

    setup() {
        this.telephony = useService("telephony");
        this.commands = useService("telephony.commands");
        this.dialer = useService("telephony.dialer");
        this.pages = useService("telephony.pages");
        this.state = useState({
            note: "",
            dispositionId: this.props.wrapUp.disposition_id || false,
            isSaving: false,
        });
    }

    get line() {
        const { outcome_text, duration, number_display, name } = this.props.wrapUp;
        return [
            outcome_text,
            duration ? formatSeconds(duration) : "",
            name === number_display ? "" : number_display,
        ].filter(Boolean);
    }

    /** Whether queues wait for the end of this. */
    get isWrappingUp() {
        return Boolean(this.telephony.phone.agent?.is_wrapping_up);
    }

    get isChanged() {
        const { note, dispositionId } = this.state;
        return Boolean(note.trim() || dispositionId !== this.props.wrapUp.disposition_id);
    }

    get nextText() {
        return _t("Next missed: %(name)s", { name: this.props.wrapUp.next_missed.name });
    }

    onDisposition(ev) {
        this.state.dispositionId = Number(ev.target.value) || false;
    }

    close() {
        this.telephony.closeWrapUp(this.props.wrapUp.id);
    }

    /** @returns {Promise<boolean>} whether nothing is left to be saved */
    async save() {
        if (!this.isChanged) {
            return true;
        }
        const { id, revision } = this.props.wrapUp;
        const { note, dispositionId } = this.state;
        this.state.isSaving = true;
        try {
            // One that refuses says why; what was typed stays.
            return Boolean(
                await this.commands.request("telephony.card", "save_wrap_up", [
                    id,
                    note,
                    dispositionId,
                    revision,
                ])
            );
        } finally {
            this.state.isSaving = false;
        }
    }

    async onSave() {
        if (await this.save()) {
            this.close();
        }
    }

    /** Save, and have queue calls again. */
    async onReady() {
        if (await this.save()) {
            this.close();
            await this.commands.send("telephony.agent", "resume", []);
        }
    }

    async onNextStep() {
        if (await this.save()) {
            await this.pages.openPage(this.props.wrapUp);
            this.close();
        }
    }

    async dial({ id, number }) {
        if (await this.save()) {
            this.close();
            await this.dialer.dial({
                number,
                model: "telephony.call",
                resId: id,
                field: "number_display",
            });
        }
    }
}
