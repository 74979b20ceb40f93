/**
 * What a text means as numbers is for the server to say, which reads it as it does when
 * somebody calls.
 *
 * @param {string|false} text of a field
 * @returns {boolean} whether it may hold a telephone number
 */
export function mayHoldNumber(text) {
    return /\d/.test(text || "");
}

/**
 * @param {string} text
 * @returns {string} the address of a link that programs for telephones take
 */
export function getPhoneHref(text) {
    return "tel:" + text.replace(/\s+/g, "");
}

/**
 * @param {MouseEvent} ev
 * @returns {boolean} whether it is a plain click, and not one that opens a tab or a menu
 */
export function isPlainClick(ev) {
    return ev.button === 0 && !(ev.altKey || ev.ctrlKey || ev.metaKey || ev.shiftKey);
}
