import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

// Seconds that the server has beyond its own limit, and between two questions after it.
const COMMAND_GRACE = 1;
const USER_ERRORS = ["AccessError", "MissingError", "UserError", "ValidationError"].map(
    (name) => `odoo.exceptions.${name}`
);

/** What telephone systems are asked to do, and what the user is told of that. */
export class Commands {
    constructor(services) {
        this.services = services;
        this.telephony = services.telephony;
        if (this.telephony.isActive) {
            services.bus_service.subscribe("telephony.command/changed", (news) =>
                this.onChanged(news)
            );
        }
    }

    /**
     * Ask for what a telephone system is to do, and tell the user where it does not.
     *
     * @returns {Promise<Object|undefined>} the server's answer, none where it refused
     */
    async order(model, method, args, kwargs) {
        try {
            const answer = await this.services.orm.call(model, method, args, kwargs);
            this.follow(answer);
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
    async ask(model, method, args) {
        try {
            return await this.services.orm.call(model, method, args);
        } catch (error) {
            this.showRefusal(error);
        }
    }

    showRefusal(error) {
        const { action, notification } = this.services;
        const name = error instanceof RPCError && error.exceptionName;
        if (name === "odoo.exceptions.RedirectWarning") {
            const [message, actionId, label, additionalContext] = error.data.arguments;
            const close = notification.add(message, {
                type: "warning",
                sticky: true,
                buttons: [
                    {
                        name: label,
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction(actionId, { additionalContext });
                        },
                    },
                ],
            });
        } else if (USER_ERRORS.includes(name)) {
            notification.add(error.data.message, { type: "danger" });
        } else {
            throw error;
        }
    }

    /**
     * Make sure that the user is told what becomes of a command, also without the bus.
     *
     * @param {{ command_id: number|false, expires_in: number }} answer
     */
    follow({ command_id, expires_in }) {
        if (command_id) {
            this.checkIn(command_id, expires_in + COMMAND_GRACE);
        }
    }

    checkIn(id, seconds) {
        this.telephony.setTimer(`command_${id}`, seconds * 1000, async () => {
            const news = await this.telephony.ask("check", [[id]], "telephony.command");
            if (["pending", "sent"].includes(news?.state)) {
                this.checkIn(id, COMMAND_GRACE);
            } else if (news) {
                this.onChanged(news);
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
            this.telephony.sayLastWord(call);
        } else {
            this.services.notification.add(message, { type: "danger" });
        }
    }
}

registry.category("services").add("telephony.commands", {
    dependencies: ["action", "bus_service", "notification", "orm", "telephony"],
    start: (env, services) => new Commands(services),
});
