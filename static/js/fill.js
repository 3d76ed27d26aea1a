/* A button data-fill="ID" data-value="TEXT" writes the text into the box of that id; what comes in an answer of htmx as
   data-fill-empty="ID" is written there at once, unless somebody typed something meanwhile. */
(function () {
  "use strict";
  function write(id, value, always) {
    var box = document.getElementById(id);
    if (!box || (box.value && !always)) return null;
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return box;
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-fill]");
    var box = button && write(button.getAttribute("data-fill"), button.getAttribute("data-value"), true);
    if (!box) return;
    box.focus();
    button.parentNode.remove();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    event.target.querySelectorAll("[data-fill-empty]").forEach(function (told) {
      write(told.getAttribute("data-fill-empty"), told.getAttribute("data-value"), false);
    });
  });
})();
