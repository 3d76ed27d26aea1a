/* Boxes marked data-firm-search="URL" (the name and the code of a decision) offer the firms of the registry that match
   what was typed: a combobox after the ARIA pattern. Down and up walk, Enter takes over, Escape closes; what is chosen
   fills name, code and category, and the head unless somebody typed another. Without script there is 查找企业. */
(function () {
  "use strict";
  var PAUSE = 250, LEAST = 2, NATURAL = "自然人";
  var boxes = document.querySelectorAll("[data-firm-search]");
  if (!boxes.length) return;
  var brought = "";
  var find = document.querySelector("[data-firm-find]");
  if (find && !find.querySelector("#firm-choices")) find.hidden = true;

  function field(name) { return document.getElementById("id_" + name); }
  function write(name, value) {
    var box = field(name);
    if (!box || box.value === value) return;
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function take(option) {
    var head = option.getAttribute("data-legal_representative");
    var present = field("legal_representative");
    ["party_name", "party_code", "party_category"].forEach(function (name) {
      write(name, option.getAttribute("data-" + name));
    });
    if (present && (!present.value.trim() || present.value === brought)) {
      write("legal_representative", head);
      brought = head;
    }
    field("party_code").dispatchEvent(new Event("change", { bubbles: true }));
  }

  boxes.forEach(function (box) {
    var list = document.createElement("div"), told = document.createElement("div");
    var timer = 0, asked = 0, active = -1, taking = false;
    list.className = "suggest";
    list.id = box.id + "_firms";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "匹配的企业");
    told.className = "visually-hidden";
    told.setAttribute("role", "status");
    box.parentNode.classList.add("suggest-place");
    box.parentNode.appendChild(list);
    box.parentNode.insertAdjacentElement("afterend", told);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-expanded", "false");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("autocomplete", "off");

    function options() { return list.querySelectorAll("[role=option]"); }
    function close() {
      window.clearTimeout(timer);
      asked += 1;
      list.hidden = true;
      active = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    }
    function mark(index) {
      var all = options();
      if (!all.length) return;
      active = (index + all.length) % all.length;
      all.forEach(function (option, at) { option.setAttribute("aria-selected", String(at === active)); });
      box.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }
    function show(html) {
      list.innerHTML = html;
      options().forEach(function (option) { option.id = list.id + "_" + option.id; });
      var count = list.querySelector("[data-firm-count]");
      told.textContent = count ? count.getAttribute("data-firm-count") : "";
      active = -1;
      box.removeAttribute("aria-activedescendant");
      list.hidden = !options().length;
      box.setAttribute("aria-expanded", String(!list.hidden));
    }
    function ask() {
      var text = box.value.trim(), turn = ++asked;
      var category = field("party_category");
      if (text.length < LEAST || (category && category.value === NATURAL)) { close(); return; }
      fetch(box.getAttribute("data-firm-search") + "?q=" + encodeURIComponent(text), { headers: { "X-Requested-With": "fetch" } })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (html) { if (turn === asked && document.activeElement === box) show(html); })
        .catch(close);
    }
    function choose(option) {
      taking = true;
      take(option);
      taking = false;
      close();
      told.textContent = "已填入" + option.getAttribute("data-party_name");
    }
    box.addEventListener("input", function (event) {
      if (taking || event.isComposing) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    });
    box.addEventListener("compositionend", function () { timer = window.setTimeout(ask, PAUSE); });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); ask(); return; }
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (active < 0 && event.key === "ArrowUp") mark(options().length - 1);
        else mark(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        choose(options()[active]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        close();
      }
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
  });
})();
