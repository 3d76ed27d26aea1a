/* Draws <figure data-chart> from the table that stands in it; the table stays, folded away. Colours come from the tokens. */
(function () {
  "use strict";
  if (!window.echarts) return;
  var style = getComputedStyle(document.documentElement);
  var token = function (name) { return style.getPropertyValue(name).trim(); };
  var COLOURS = ["--brand-600", "--green", "--amber", "--cinnabar", "--ink-3"];
  // Lines that lie on one another differ by colour, by mark and by stroke.
  var STROKES = ["solid", "dashed", "dotted"];
  var SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin"];
  function number(text) {
    var value = parseFloat(text.replace(/[,\s]/g, ""));
    return isNaN(value) ? null : value;
  }
  function read(table) {
    var heads = Array.prototype.map.call(table.tHead.rows[0].cells, function (cell) { return cell.textContent.trim(); });
    var rows = Array.prototype.map.call(table.tBodies[0].rows, function (row) {
      return Array.prototype.map.call(row.cells, function (cell) { return cell.textContent.trim(); });
    });
    return {
      points: rows.map(function (row) { return row[0]; }),
      series: heads.slice(1).map(function (name, index) {
        return { name: name, data: rows.map(function (row) { return number(row[index + 1]); }) };
      })
    };
  }
  function options(figure, data) {
    var kind = figure.getAttribute("data-chart"), unit = figure.getAttribute("data-unit");
    var text = { color: token("--ink-2"), fontFamily: token("--sans"), fontSize: 13 };
    var line = { lineStyle: { color: token("--line") } };
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    return {
      animation: !still,
      animationDuration: 300,
      backgroundColor: token("--paper"),
      color: COLOURS.map(token),
      textStyle: text,
      grid: { left: 56, right: 16, top: 52, bottom: 32 },
      legend: { top: 0, textStyle: text },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: function (value) { return value === null ? "—" : value + unit; } },
      xAxis: { type: "category", data: data.points, axisLine: line, axisTick: { show: false }, axisLabel: text },
      yAxis: { type: "value", max: unit === "%" ? 100 : null, min: unit === "%" && kind === "line" ? lowest(data) : 0, axisLabel: { color: text.color, formatter: "{value}" + unit }, splitLine: line },
      series: data.series.map(function (one, index) {
        return { type: kind, name: one.name, data: one.data, symbol: SYMBOLS[index % SYMBOLS.length], symbolSize: 8, barMaxWidth: 28, connectNulls: false, clip: false, lineStyle: { width: 2, type: STROKES[index % STROKES.length] } };
      })
    };
  }
  function lowest(data) {
    var all = [].concat.apply([], data.series.map(function (one) { return one.data; })).filter(function (v) { return v !== null; });
    return all.length ? Math.max(0, Math.floor((Math.min.apply(null, all) - 5) / 10) * 10) : 0;
  }
  document.querySelectorAll("[data-chart]").forEach(function (figure) {
    var canvas = figure.querySelector(".chart__canvas"), save = figure.querySelector("[data-chart-save]");
    canvas.hidden = save.hidden = false;
    figure.querySelector(".chart__data").open = false;
    var chart = window.echarts.init(canvas, null, { renderer: "canvas" });
    chart.setOption(options(figure, read(figure.querySelector("table"))));
    window.addEventListener("resize", function () { chart.resize(); });
    save.addEventListener("click", function () {
      var link = document.createElement("a");
      link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: token("--paper") });
      link.download = save.getAttribute("data-chart-save") + ".png";
      link.click();
    });
  });
})();
