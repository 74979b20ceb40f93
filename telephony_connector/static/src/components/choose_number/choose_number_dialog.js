import { Component, onMounted, useRef } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";

/** Asks which of several numbers to call; closing it calls none. */
export class ChooseNumberDialog extends Component {
    static template = "telephony_connector.ChooseNumberDialog";
    static components = { Dialog };
    static props = {
        /** `number` to dial, `number_display` as people write it. */
        choices: Array,
        /** Called with the `number` of the one that was chosen. */
        choose: Function,
        close: Function,
    };

    setup() {
        this.list = useRef("list");
        onMounted(() => this.list.el.querySelector("button").focus());
    }

    /** The arrows go from one number to the next, as Tab does. */
    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (!step) {
            return;
        }
        ev.preventDefault();
        const buttons = [...this.list.el.querySelectorAll("button")];
        const place = buttons.indexOf(ev.target) + step;
        buttons[(place + buttons.length) % buttons.length].focus();
    }

    onClick({ number }) {
        this.props.close();
        this.props.choose(number);
    }
}
