// The theme scrolls a table that is wider than the page. Here the keys can, too: only such a table is a stop of theirs.
function stopAtWideTables() {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) {
    if (wrap.scrollWidth > wrap.clientWidth) {
      wrap.tabIndex = 0;
    } else {
      wrap.removeAttribute("tabindex");
    }
  }
}
addEventListener("load", stopAtWideTables);
addEventListener("resize", stopAtWideTables);
