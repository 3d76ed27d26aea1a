/* A field that was refused is mended as soon as something else is typed: its old sentence goes. What the rules say when
   a box is left (an answer whose id ends in -answer) marks the field again. */
(function () {
  "use strict";
  function settle(field, bad) {
    field.classList.toggle("field--bad", bad);
    field.querySelectorAll("[aria-invalid]").forEach(function (box) { box.removeAttribute("aria-invalid"); });
    var old = field.querySelector(".errorlist");
    if (old) old.remove();
  }
  document.addEventListener("change", function (event) {
    var field = event.target.closest && event.target.closest("form[data-autosave] .field");
    if (field && field.classList.contains("field--bad")) settle(field, false);
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (!/-answer$/.test(event.target.id)) return;
    var field = event.target.closest(".field");
    if (field) settle(field, !!event.target.querySelector(".firm--bad"));
  });
})();
