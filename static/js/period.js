/* Whoever fills in a day of their own (data-free-date) means it: the choice above goes to the last one, and back it empties. */
(function () {
  "use strict";
  var day = document.querySelector("[data-free-date]");
  var choices = document.querySelectorAll('input[type="radio"][name="period"]');
  if (!day || !choices.length) return;
  var own = choices[choices.length - 1];
  day.addEventListener("input", function () { if (day.value) own.checked = true; });
  choices.forEach(function (choice) {
    choice.addEventListener("change", function () { if (choice !== own) day.value = ""; });
  });
})();
