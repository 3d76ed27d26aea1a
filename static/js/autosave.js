/* Forms marked data-autosave are saved while somebody types: two seconds after the last change, and at once with
   Ctrl+S. The text goes to the server, nothing stays in the browser. Files are left out. */
(function () {
  "use strict";
  var QUIET = 2000;
  document.querySelectorAll("form[data-autosave]").forEach(function (form) {
    var place = form.querySelector("[data-autosave-status]");
    var timer = 0, sent = false, running = false, again = false;

    function say(text) { if (place) place.textContent = text; }
    function content() {
      var data = new FormData(form);
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.type === "file" && field.name) data.delete(field.name);
      });
      data.set("draft", "save");
      return data;
    }
    function told(answer) {
      if (answer.status === 401) throw new Error("登录已失效，未能自动保存。现在提交，重新登录后内容仍在。");
      return answer.json().then(function (body) {
        if (!answer.ok) throw new Error(body.sentence);
        return body;
      });
    }
    function save() {
      window.clearTimeout(timer);
      if (sent) return;
      if (running) { again = true; return; }
      running = true;
      say("正在保存…");
      fetch(window.location.href, { method: "POST", body: content(), headers: { "X-Requested-With": "fetch" } })
        .then(told)
        .then(function (body) {
          say("已于 " + body.saved_at + " 自动保存，尚未提交");
          document.dispatchEvent(new CustomEvent("portal:alive", { detail: body.left }));
        })
        .catch(function (error) {
          say(/[一-鿿]/.test(error.message) ? error.message : "自动保存未成功，请检查网络；继续填写时会再次保存。");
        })
        .then(function () {
          running = false;
          if (again) { again = false; save(); }
        });
    }
    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, QUIET);
    }
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("portal:save", save);
    form.addEventListener("submit", function () { sent = true; window.clearTimeout(timer); });
    window.addEventListener("pageshow", function () { sent = false; });
  });
})();
