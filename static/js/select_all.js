/* A checkbox data-select-all="NAME" ticks the checkboxes of that name in its form; every [data-selected="NAME"]
   there shows how many are ticked, every button [data-needs-selection="NAME"] waits for the first one. Where there is
   nothing to tick it stays hidden. */
(function () {
  "use strict";
  function boxes(form, name) {
    return Array.prototype.filter.call(form.elements, function (box) {
      return box.type === "checkbox" && box.name === name && !box.disabled;
    });
  }
  function refresh(form, name) {
    var all = boxes(form, name);
    var ticked = all.filter(function (box) { return box.checked; }).length;
    var master = form.querySelector('[data-select-all="' + name + '"]');
    if (!master) return;
    master.checked = ticked > 0 && ticked === all.length;
    master.indeterminate = ticked > 0 && ticked < all.length;
    form.querySelectorAll('[data-selected="' + name + '"]').forEach(function (place) {
      place.textContent = "已选 " + ticked + " 条";
    });
    Array.prototype.forEach.call(form.elements, function (button) {
      if (button.getAttribute("data-needs-selection") === name) button.disabled = ticked === 0;
    });
  }
  function start(root) {
    root.querySelectorAll("[data-select-all]").forEach(function (master) {
      var name = master.getAttribute("data-select-all");
      master.hidden = !master.form || boxes(master.form, name).length === 0;
      if (master.form) refresh(master.form, name);
    });
  }
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.type !== "checkbox" || !box.form) return;
    var name = box.getAttribute("data-select-all");
    if (name) boxes(box.form, name).forEach(function (other) { other.checked = box.checked; });
    refresh(box.form, name || box.name);
  });
  document.addEventListener("htmx:afterSwap", function () { start(document); });
  start(document);
})();
