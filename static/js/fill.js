/* A button data-fill="ID" data-value="TEXT" writes the text into the box of that id. */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-fill]");
    var box = button && document.getElementById(button.getAttribute("data-fill"));
    if (!box) return;
    box.value = button.getAttribute("data-value");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    button.parentNode.remove();
  });
})();
