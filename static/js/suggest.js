/* Boxes marked data-suggest="ID": what the server puts into the place of that id can be chosen with the mouse or with
   arrow keys and Enter. A choice (role=option) names what it writes: <span data-suggest-box="ID" data-value="TEXT">. */
(function () {
  "use strict";
  document.querySelectorAll("[data-suggest]").forEach(function (box) {
    var place = document.getElementById(box.getAttribute("data-suggest"));
    if (!place) return;
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-expanded", "false");

    function choices() { return Array.prototype.slice.call(place.querySelectorAll("[role=option]")); }
    function chosen() { return place.querySelector("[aria-selected=true]"); }
    function close() {
      place.textContent = "";
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
      box.removeAttribute("aria-controls");
    }
    function point(choice) {
      choices().forEach(function (one) { one.setAttribute("aria-selected", String(one === choice)); });
      box.setAttribute("aria-activedescendant", choice.id);
      choice.scrollIntoView({ block: "nearest" });
    }
    function take(choice) {
      var written = Array.prototype.map.call(choice.querySelectorAll("[data-suggest-box]"), function (told) {
        var target = document.getElementById(told.getAttribute("data-suggest-box"));
        target.value = told.getAttribute("data-value");
        return target;
      });
      close();
      written.forEach(function (target) { target.dispatchEvent(new Event("change", { bubbles: true })); });
      box.focus();
    }
    function move(step) {
      var all = choices();
      if (!all.length) return false;
      var at = all.indexOf(chosen()) + step;
      if (step < 0 && at < 0) at = all.length - 1;
      point(all[at % all.length]);
      return true;
    }
    box.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      var handled = false;
      if (event.key === "ArrowDown") handled = move(1);
      else if (event.key === "ArrowUp") handled = move(-1);
      else if (event.key === "Escape" && place.textContent) { close(); handled = true; }
      else if (event.key === "Enter" && chosen()) { take(chosen()); handled = true; }
      if (handled) event.preventDefault();
    });
    place.addEventListener("mousedown", function (event) {
      var choice = event.target.closest("[role=option]");
      if (!choice) return;
      event.preventDefault();
      take(choice);
    });
    box.addEventListener("blur", close);
    document.addEventListener("htmx:afterSwap", function (event) {
      if (event.target !== place) return;
      var list = place.querySelector("[role=listbox]");
      if (document.activeElement !== box) { close(); return; }
      box.setAttribute("aria-expanded", String(!!list));
      if (!list) return;
      list.id = place.id + "-list";
      box.setAttribute("aria-controls", list.id);
    });
  });
})();
