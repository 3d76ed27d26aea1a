/* Shows the name and size of the chosen file, refuses one that is too large before it travels, accepts a drop, and
   shows how much of it has arrived. The answer becomes the page, as if the browser had sent the form. */
(function () {
  "use strict";
  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }
  function show(input) {
    var area = input.closest(".drop");
    var place = area && area.querySelector(".drop__name");
    if (!place) return;
    var files = Array.prototype.slice.call(input.files);
    var limit = Number(input.getAttribute("data-max-mb")) * 1048576;
    var large = limit ? files.filter(function (file) { return file.size > limit; }) : [];
    input.setCustomValidity(large.length ? "文件超过 " + input.getAttribute("data-max-mb") + " MB，请拆分后再上传。" : "");
    place.textContent = files.map(function (file) { return file.name + "（" + size(file.size) + "）"; }).join("，");
    if (large.length) input.reportValidity();
  }
  function area(event) { return event.target.closest && event.target.closest(".drop"); }
  document.addEventListener("change", function (event) {
    if (event.target.type === "file") show(event.target);
  });
  ["dragover", "dragleave", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var place = area(event);
      if (!place) return;
      event.preventDefault();
      place.classList.toggle("drop--over", kind === "dragover");
      var input = place.querySelector("input[type=file]");
      if (kind !== "drop" || !input || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      show(input);
    });
  });
  function send(form, place) {
    var bar = place.querySelector("progress"), words = place.querySelector(".drop__state");
    var button = form.querySelector("[type=submit]");
    var request = new XMLHttpRequest();
    function stop(sentence) {
      bar.hidden = true;
      button.disabled = false;
      words.textContent = sentence;
    }
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) return;
      bar.max = event.total;
      bar.value = event.loaded;
      words.textContent = event.loaded < event.total
        ? "已上传 " + Math.floor(event.loaded * 100 / event.total) + "%（" + size(event.loaded) + " / " + size(event.total) + "）"
        : "上传完成，正在打开…";
    });
    request.addEventListener("load", function () {
      var type = request.getResponseHeader("Content-Type") || "";
      if (type.indexOf("text/html") !== 0) return stop("服务器没有正常答复（" + request.status + "）。所选文件仍在，请稍后再点一次上传。");
      if (request.responseURL && request.responseURL !== location.href) history.pushState(null, "", request.responseURL);
      document.open();
      document.write(request.responseText);
      document.close();
    });
    request.addEventListener("error", function () { stop("网络中断，没有上传成功。所选文件仍在，请检查网络后再点一次上传。"); });
    request.open("POST", form.action);
    bar.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  }
  document.addEventListener("submit", function (event) {
    var place = event.target.querySelector(".drop");
    if (!place || !place.querySelector("progress") || event.defaultPrevented) return;
    event.preventDefault();
    send(event.target, place);
  });
})();
