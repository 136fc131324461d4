
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({ row, text: row.textContent.toLowerCase(), is: row.dataset.is.split(" ") }));
  const find = document.getElementById("find");
  const show = document.getElementById("show");
  const count = document.getElementById("count");

  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const each of rows) {
      const fits = words.every((word) => each.text.includes(word)) && (!show.value || each.is.includes(show.value));
      each.row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length}`;
  };
  find.addEventListener("input", filter);
  show.addEventListener("change", filter);
  find.closest("p").hidden = false;
  filter();

  const value = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const number = Number.parseFloat(text);
    return text === "–" || text === "" ? -1 : Number.isNaN(number) || column === 0 ? text.toLowerCase() : number;
  };
  const compare = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1);
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending" || (!head.hasAttribute("aria-sort") && head.classList.contains("number"));
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = rows.map((each, place) => ({ row: each.row, place, key: value(each.row, column) }));
      sorted.sort((a, b) => (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place);
      body.append(...sorted.map((each) => each.row));
    });
  });
})();
