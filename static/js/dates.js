/* Text boxes marked data-date take a date in any usual way (20210927, 2021年9月27日); this writes it as 2021-09-27 when
   the box is left, and sets the browser's own picker beside it. The server reads all of these too. A box marked
   data-open-ended="长期" gets a button that writes this word. */
(function () {
  "use strict";
  function read(text) {
    var plain = text.normalize("NFKC").trim();
    var match = /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ||
      /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(plain);
    if (!match) return "";
    var day = new Date(Date.UTC(match[1], match[2] - 1, match[3]));
    return day.getUTCMonth() === match[2] - 1 ? day.toISOString().slice(0, 10) : "";
  }
  document.querySelectorAll("input[data-date]").forEach(function (box) {
    var label = document.querySelector('label[for="' + box.id + '"]');
    var picker = document.createElement("input");
    picker.type = "date";
    picker.className = "date-pick";
    picker.max = "2099-12-31";
    picker.tabIndex = -1;
    picker.value = read(box.value);
    picker.setAttribute("aria-label", "用日历选择" + (label ? "：" + label.textContent.replace("*", "").trim() : ""));
    box.insertAdjacentElement("afterend", picker);
    picker.addEventListener("change", function () {
      if (!picker.value) return;
      box.value = picker.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    var word = box.getAttribute("data-open-ended");
    if (word) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn date-open";
      button.textContent = word;
      picker.insertAdjacentElement("afterend", button);
      button.addEventListener("click", function () {
        box.value = word;
        box.dispatchEvent(new Event("input", { bubbles: true }));
        box.dispatchEvent(new Event("change", { bubbles: true }));
        box.focus();
      });
    }
    picker.addEventListener("input", function (event) { event.stopPropagation(); });
    box.addEventListener("change", function () {
      var day = read(box.value);
      if (day) box.value = day;
      picker.value = day;
    });
  });
})();
