# terminal.gp - opens the output of `kind` for a figure of the report, with room and text for a title where there is no page.
if (kind eq 'page') {
    set terminal svg size WIDTH,HEIGHT dynamic noenhanced font 'sans,12'
}
if (kind eq 'svg') {
    set terminal svg size WIDTH,HEIGHT+70 noenhanced font 'Helvetica,12' background '#FFFFFF'
}
if (kind eq 'png') {
    set terminal pngcairo size WIDTH*3/2,(HEIGHT+70)*3/2 noenhanced font 'Helvetica,12' fontscale 1.05 background '#FFFFFF'
}
set output FIGURE.'.'.kind
ROOM = PAGE ? 0 : 70.0 / (HEIGHT + 70)
if (!PAGE) {
    set label 1 label(1) at screen 0.015, screen (1 - ROOM * 0.3) left font ',15' textcolor rgb '#111111'
    set label 2 label(2) at screen 0.015, screen (ROOM * 0.18) left font ',9' textcolor rgb '#555555'
}
FULL = HEIGHT + (PAGE ? 0.0 : 70.0)
top(pixels) = 1 - (pixels + (PAGE ? 0 : 40)) / FULL
bottom(pixels) = (pixels + (PAGE ? 0 : 24)) / FULL
