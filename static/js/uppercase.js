/* Fields marked data-uppercase hold codes: capitals, no spaces. The server normalises again. */
(function () {
  "use strict";
  document.addEventListener("input", function (event) {
    var field = event.target;
    if (event.isComposing || !(field instanceof HTMLInputElement) || !field.hasAttribute("data-uppercase")) return;
    var start = field.selectionStart;
    var before = field.value.slice(0, start);
    var clean = function (text) { return text.replace(/\s+/g, "").toUpperCase(); };
    var value = clean(field.value);
    if (value === field.value) return;
    field.value = value;
    var caret = clean(before).length;
    field.setSelectionRange(caret, caret);
  });
})();
