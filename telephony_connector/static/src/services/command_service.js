import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

// Seconds that the server has beyond its own limit, and between two questions after it.
const COMMAND_GRACE = 1;
const USER_ERRORS = ["AccessError", "MissingError", "UserError", "ValidationError"].map(
    (name) => `odoo.exceptions.${name}`
);

/** Sends commands to telephone systems, and notifies the user of those that fail. */
export class Commands {
    constructor(services) {
        this.services = services;
        this.telephony = services.telephony;
        if (this.telephony.isActive) {
            services.bus_service.subscribe("telephony.command/changed", (payload) =>
                this.onChanged(payload)
            );
        }
    }

    /**
     * Send a command to a telephone system; what the server refuses, the user reads.
     *
     * @returns {Promise<Object|undefined>} the server's answer, none where it refused
     */
    async send(model, method, args, kwargs) {
        try {
            const answer = await this.services.orm.call(model, method, args, kwargs);
            this.watch(answer);
            return answer;
        } catch (error) {
            this.showRefusal(error);
        }
    }

    /**
     * Ask for what is done at once, and tell the user where the server refuses.
     *
     * @returns {Promise<any>} the server's answer, none where it refused
     */
    async request(model, method, args) {
        try {
            return await this.services.orm.call(model, method, args);
        } catch (error) {
            this.showRefusal(error);
        }
    }

    showRefusal(error) {
        const name = error instanceof RPCError && error.exceptionName;
        if (USER_ERRORS.includes(name)) {
            this.services.notification.add(error.data.message, { type: "danger" });
        } else {
            throw error;
        }
    }

    /**
     * Notify the user of a command that fails or expires, also without the bus.
     *
     * @param {{ command_id: number|false, expires_in: number }} answer
     */
    watch({ command_id, expires_in }) {
        if (command_id) {
            this.checkAfter(command_id, expires_in + COMMAND_GRACE);
        }
    }

    checkAfter(id, seconds) {
        this.telephony.setTimer(`command_${id}`, seconds * 1000, async () => {
            const payload = await this.telephony.request("check", [[id]], "telephony.command");
            if (["pending", "sent"].includes(payload?.state)) {
                this.checkAfter(id, COMMAND_GRACE);
            } else if (payload) {
                this.onChanged(payload);
            }
        });
    }

    onChanged({ id, call_id, action, state, message }) {
        this.telephony.clearTimer(`command_${id}`);
        if (state === "done" || !message) {
            return;
        }
        const call = this.telephony.calls[call_id];
        if (action === "dial" && call?.isShown) {
            call.message = message;
            call.isFailed = true;
            this.telephony.showOutcome(call);
        } else {
            this.services.notification.add(message, { type: "danger" });
        }
    }
}

registry.category("services").add("telephony.commands", {
    dependencies: ["bus_service", "notification", "orm", "telephony"],
    start: (env, services) => new Commands(services),
});
