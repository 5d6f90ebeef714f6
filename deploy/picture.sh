#!/bin/bash
# Makes a picture (SVG) of a terminal's output: deploy/demo.sh --yes | tee run.txt; deploy/picture.sh <run.txt >deploy/demo.svg
set -euo pipefail
sed -e 's/\x1b\[[0-9;]*[A-Za-z]//g' -e 's/\t/    /g' | awk '
  function escaped(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); gsub(/  /, "\xc2\xa0 ", text); return text } # not every viewer keeps a row of blanks
  { line[NR] = length($0) > 132 ? substr($0, 1, 131) "…" : $0; if (length(line[NR]) > wide) wide = length(line[NR]) }
  END {
    width = wide * 7.85 + 40; height = NR * 18 + 56
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>A run of deploy/demo.sh</title>\n", width, height, width, height
    printf "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#0d1117\"/>\n"
    print "<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,monospace\" font-size=\"13\" fill=\"#c9d1d9\">"
    for (n = 1; n <= NR; n++) {
      colour = line[n] ~ /^\[ *[0-9]+ s\]/ ? " fill=\"#58a6ff\" font-weight=\"bold\"" : line[n] ~ /^\$ / ? " fill=\"#ffffff\" font-weight=\"bold\"" : \
        line[n] ~ /FAILED|certain|gets none|waiting/ ? " fill=\"#e3b341\"" : line[n] ~ /passed|resolved|has a lease|verifies|committed/ ? " fill=\"#56d364\"" : ""
      if (line[n] != "") printf "<text x=\"20\" y=\"%d\"%s>%s</text>\n", n * 18 + 24, colour, escaped(line[n])
    }
    print "</g>\n</svg>"
  }'
