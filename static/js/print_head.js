/* The head of a printed page says where and when it was printed. It cannot stand in the page itself: the page is kept
   by caches and would be another one each minute. */
(function () {
  "use strict";
  var AHEAD = 8 * 60 * 60 * 1000; // Beijing time, wherever the reader's clock stands; it has no summer time
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function address() { // a form sends its empty fields too; on paper they would be three lines of nothing
    var parts = location.href.split("#")[0].split("?");
    var given = (parts[1] || "").split("&").filter(function (pair) { return pair && pair.slice(-1) !== "="; });
    return decodeURI(parts[0] + (given.length ? "?" + given.join("&") : ""));
  }
  window.addEventListener("beforeprint", function () {
    var now = new Date(Date.now() + AHEAD);
    var day = [now.getUTCFullYear(), two(now.getUTCMonth() + 1), two(now.getUTCDate())].join("-");
    document.querySelectorAll("[data-printed-from]").forEach(function (place) {
      place.textContent = address();
    });
    document.querySelectorAll("[data-printed-at]").forEach(function (place) {
      place.textContent = "打印时间 " + day + " " + two(now.getUTCHours()) + ":" + two(now.getUTCMinutes()) + "（北京时间）";
    });
  });
})();
