# palette.gp - colours that the colour-blind can tell apart (Okabe and Ito), dashes and points beside them, axes and grid. The
# page of an HTML report has these very colours again, for a light and a dark screen (sim/report/html/report.css).
set datafile separator ','
set encoding utf8

array COLOUR[8] = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000', '#7F7F7F']
array DASH[4] = [1, 2, 4, 5]
array POINT[8] = [7, 5, 9, 11, 13, 4, 6, 8]
set border 3 lc rgb '#555555' lw 1
set tics nomirror out scale 0.6 textcolor rgb '#333333'
set grid xtics ytics lc rgb '#E3E3E3' lw 1 lt 1
set key off
set samples 1000
