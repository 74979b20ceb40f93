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
 * Keep a plain click from the browser and from other handlers.
 *
 * @param {MouseEvent} ev
 * @returns {boolean} false where the click opens a tab or a menu, which is the browser's
 */
export function claimClick(ev) {
    if (ev.button || ev.altKey || ev.ctrlKey || ev.metaKey || ev.shiftKey) {
        return false;
    }
    ev.preventDefault();
    ev.stopPropagation();
    return true;
}
