/* data-phrases="ID" holds buttons data-phrase: pressed, one adds its sentence to the text box of that id. */
(function () {
  "use strict";
  document.querySelectorAll("[data-phrases]").forEach(function (list) {
    var box = document.getElementById(list.getAttribute("data-phrases"));
    if (!box) return;
    list.hidden = false;
    list.addEventListener("click", function (event) {
      var button = event.target.closest("[data-phrase]");
      if (!button) return;
      box.value += button.textContent;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    });
  });
})();
