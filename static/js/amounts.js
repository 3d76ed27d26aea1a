/* Beside an amount in 万元 (data-wan) stands the same amount in 元, so that a wrong unit is seen. */
(function () {
  "use strict";
  function spelled(text) {
    var plain = text.normalize("NFKC").replace(/[,\s]|万元?$/g, "");
    if (!/^\d{1,7}(\.\d{0,6})?$/.test(plain)) return "";
    return (Math.round(Number(plain) * 1e6) / 100).toLocaleString("zh-CN") + " 元";
  }
  function show(box) {
    var place = document.querySelector('[data-aside="' + box.id + '"]');
    if (place) place.textContent = spelled(box.value);
  }
  document.addEventListener("input", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-wan")) show(event.target);
  });
  document.querySelectorAll("[data-wan]").forEach(show);
})();
