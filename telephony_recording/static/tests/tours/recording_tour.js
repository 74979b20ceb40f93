import { registry } from "@web/core/registry";

/** The form of a call: its recording is played, moved along, and heard faster. */
registry.category("web_tour.tours").add("telephony_recording", {
    steps: () => [
        {
            content: "The recording has a player",
            trigger: ".o_telephony_recording_time:contains(0:00 / 1:00)",
        },
        {
            content: "And a note",
            trigger: ".o_telephony_recording_note:contains(Stop it if they object.)",
        },
        {
            content: "It is not to be kept",
            trigger: "body:not(:has(.o_telephony_recording_download))",
        },
        {
            content: "Hear it",
            trigger: ".o_telephony_recording_play[title=Play]",
            run: "click",
        },
        {
            content: "The browser plays it, and knows its length",
            trigger: ".o_telephony_recording_time:contains(/ 0:03)",
        },
        {
            content: "Forward, beyond its end",
            trigger: ".o_telephony_recording_forward",
            run: "click",
        },
        {
            content: "It ends there",
            trigger: ".o_telephony_recording_time:contains(0:03 / 0:03)",
        },
        {
            content: "Nothing failed",
            trigger: "body:not(:has(.o_telephony_recording_failed))",
        },
    ],
});
