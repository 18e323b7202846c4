# page.gp - what the figures of a report share: drawn for an HTML page (PAGE = 1), which has titles and notes of its own, or as
# SVG and PNG files. Who loads it has set FIGURE, WIDTH and HEIGHT; text comes from files, so that names are never code.
if (!exists("PAGE")) PAGE = 0
load 'palette.gp'
label(i) = system(sprintf("sed -n %dp %s-labels.txt", i, FIGURE))
LABELS = int(system(sprintf("sed -n '$=' %s-labels.txt", FIGURE)))
DATA = FIGURE.'.csv'
KINDS = PAGE ? 'page' : 'svg png'

# Time in the unit that fits: `hours` is the length.
unit(hours) = hours > 96 ? 'd' : hours > 2 ? 'h' : hours > 0.1 ? 'min' : 's'
since(x, unit) = x * (unit eq 'd' ? 1 / 24.0 : unit eq 'h' ? 1 : unit eq 'min' ? 60 : 3600)
set grid noxtics ytics
unset mxtics
set border 3 lc rgb '#555555'
