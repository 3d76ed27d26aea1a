/* Ctrl+S keeps the form instead of opening the browser's save dialog: a form marked data-autosave is saved, any other
   one marked data-keys presses its first visible button. Enter is held by components/_no_enter.html without script. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
    var inside = event.target.closest && event.target.closest("form[data-autosave], form[data-keys]");
    var form = inside || document.querySelector("form[data-autosave], form[data-keys]");
    if (!form) return;
    event.preventDefault();
    if (form.hasAttribute("data-autosave")) { form.dispatchEvent(new CustomEvent("portal:save")); return; }
    var button = form.querySelector("button[type=submit]:not([disabled]):not([hidden])");
    if (button && !event.repeat) button.click();
  });
})();
