/* Counts down to the end of the session and offers to stay. Other tabs of the same browser are told of a renewal,
   and every answer of our own scripts that carries the time left (event portal:alive) sets the clock anew. */
(function () {
  "use strict";
  var box = document.getElementById("session-warning");
  if (!box) return;
  var form = box.querySelector("form");
  var text = document.getElementById("session-warning-text");
  var title = document.getElementById("session-warning-title");
  var left = box.querySelector("[data-left]");
  var said = box.querySelector("[data-said]");
  var warn = Number(box.getAttribute("data-warn"));
  var channel = window.BroadcastChannel ? new BroadcastChannel("portal-session") : null;
  var idleEnd, absoluteEnd, state = "";

  function set(idle, absolute) {
    idleEnd = Date.now() + idle * 1000;
    absoluteEnd = Date.now() + absolute * 1000;
  }
  function words(seconds) {
    var minutes = Math.floor(seconds / 60);
    return (minutes ? minutes + " 分 " : "") + (seconds % 60) + " 秒";
  }
  function become(next) {
    if (next === state) return;
    state = next;
    box.hidden = !state;
    form.hidden = state !== "idle";
    if (!state) return;
    title.textContent = state === "over" ? "登录已失效" : "登录即将失效";
    text.textContent = text.getAttribute("data-for-" + state);
    said.textContent = state === "over" ? text.textContent : "登录将在 2 分钟内失效。";
  }
  function tick() {
    var end = Math.min(idleEnd, absoluteEnd);
    var seconds = Math.ceil((end - Date.now()) / 1000);
    if (seconds <= 0) become("over");
    else if (seconds > warn) become("");
    else become(absoluteEnd <= idleEnd ? "absolute" : "idle");
    left.textContent = state && seconds > 0 ? "还剩 " + words(seconds) : "";
    if (seconds > 0 && (seconds === 60 || seconds === 30)) said.textContent = "还剩 " + seconds + " 秒。";
  }
  function alive(detail) {
    set(detail.idle, detail.absolute);
    tick();
    if (channel) channel.postMessage(detail);
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var options = { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } };
    fetch(form.action, options).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error();
      return answer.json();
    }).then(alive).catch(function () { set(0, 0); tick(); });
  });
  document.addEventListener("portal:alive", function (event) { alive(event.detail); });
  if (channel) channel.onmessage = function (event) { set(event.data.idle, event.data.absolute); tick(); };
  set(Number(box.getAttribute("data-idle")), Number(box.getAttribute("data-absolute")));
  if (channel) channel.postMessage({ idle: (idleEnd - Date.now()) / 1000, absolute: (absoluteEnd - Date.now()) / 1000 });
  tick();
  window.setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
})();
