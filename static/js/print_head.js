/* The head of a printed page says where and when it was printed. It cannot stand in the page itself: the page is kept
   by caches and would be another one each minute. */
(function () {
  "use strict";
  var AHEAD = 8 * 60 * 60 * 1000; // Beijing time, wherever the reader's clock stands; it has no summer time
  function two(number) { return (number < 10 ? "0" : "") + number; }
  window.addEventListener("beforeprint", function () {
    var now = new Date(Date.now() + AHEAD);
    var day = [now.getUTCFullYear(), two(now.getUTCMonth() + 1), two(now.getUTCDate())].join("-");
    document.querySelectorAll("[data-printed-from]").forEach(function (place) {
      place.textContent = decodeURI(location.href.split("#")[0]);
    });
    document.querySelectorAll("[data-printed-at]").forEach(function (place) {
      place.textContent = "打印时间 " + day + " " + two(now.getUTCHours()) + ":" + two(now.getUTCMinutes()) + "（北京时间）";
    });
  });
})();
