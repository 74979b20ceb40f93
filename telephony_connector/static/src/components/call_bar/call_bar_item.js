import { Component, useEffect, useExternalListener, useRef } from "@odoo/owl";

import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { useService } from "@web/core/utils/hooks";
import { CallControls } from "@telephony_connector/components/call_controls/call_controls";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";
import { getStatusText, isTalking } from "@telephony_connector/services/call_state";

/** One call of the bar: who, since when, what can be done about it, and its note. */
export class CallBarItem extends Component {
    static template = "telephony_connector.CallBarItem";
    static components = { CallControls, CallTimer };
    static props = { call: Object };

    setup() {
        this.telephony = useService("telephony");
        this.pages = useService("telephony.pages");
        this.notes = useService("telephony.notes");
        this.textarea = useRef("textarea");
        useEffect(
            (el) => el?.focus(),
            () => [this.textarea.el]
        );
        useEffect(
            (isNoteOpen) => {
                if (isNoteOpen) {
                    this.notes.read(this.props.call);
                }
            },
            () => [this.props.call.isNoteOpen, this.props.call.registration_revision]
        );
        useEffect(
            (isOver) => {
                if (isOver) {
                    this.notes.closeSoon(this.props.call);
                }
            },
            () => [!this.isTalking, this.props.call.noteText]
        );
        // Phones tell of the latter alone, which may be too late for a request elsewhere.
        for (const event of ["beforeunload", "pagehide"]) {
            useExternalListener(window, event, () => this.notes.addAtLast(this.props.call));
        }
    }

    get isTalking() {
        return isTalking(this.props.call);
    }

    get isPageOpen() {
        return this.telephony.pageCallId === this.props.call.id;
    }

    get status() {
        return getStatusText(this.props.call);
    }

    get name() {
        const { colleague, matches = [], object, title } = this.props.call;
        const [match] = matches.length === 1 ? matches : [];
        return object?.name || match?.name || colleague || (this.number ? "" : title);
    }

    get number() {
        return this.props.call.number_display;
    }

    onNote() {
        if (this.isPageOpen) {
            document
                .querySelector(".o_telephony_registration [name='note'] .odoo-editor-editable")
                ?.focus();
        } else if (this.props.call.isNoteOpen) {
            this.notes.close(this.props.call);
        } else {
            this.notes.open(this.props.call);
        }
    }

    onKeydown(ev) {
        const hotkey = getActiveHotkey(ev);
        if (hotkey === "control+enter") {
            ev.preventDefault();
            this.notes.add(this.props.call);
        } else if (hotkey === "escape") {
            ev.stopPropagation();
            this.notes.close(this.props.call);
        }
    }
}
