/* The head of a printed page says where and when it was printed. It cannot stand in the page itself: the page is kept
   by caches and would be another one each minute. */
(function () {
  "use strict";
  function two(number) { return (number < 10 ? "0" : "") + number; }
  window.addEventListener("beforeprint", function () {
    var now = new Date();
    var day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
    document.querySelectorAll("[data-printed-from]").forEach(function (place) {
      place.textContent = decodeURI(location.href.split("#")[0]);
    });
    document.querySelectorAll("[data-printed-at]").forEach(function (place) {
      place.textContent = "打印时间 " + day + " " + two(now.getHours()) + ":" + two(now.getMinutes());
    });
  });
})();
