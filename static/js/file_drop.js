/* Shows the name and size of the chosen file, refuses one that is too large before it travels, accepts a drop. */
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
})();
