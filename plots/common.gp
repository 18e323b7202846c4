# common.gp - what all figures share: colours that the colour-blind can tell apart (Okabe and Ito), dashes
# and points beside them, light background, text taken from files so that names are never code.
set datafile separator ','
set encoding utf8

array COLOUR[8] = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000', '#7F7F7F']
array DASH[4] = [1, 2, 4, 5]
array POINT[8] = [7, 5, 9, 11, 13, 4, 6, 8]

label(i) = system(sprintf("sed -n %dp %s-labels.txt", i, FIGURE))
variant(i) = system(sprintf("sed -n %dp %s-variants.txt", i, FIGURE))
# The same variant has the same colour in every figure, whatever its place in the key.
style(i) = int(system(sprintf("sed -n %dp %s-styles.txt", i, FIGURE)))
VARIANTS = int(system(sprintf("sed -n '$=' %s-variants.txt", FIGURE)))
DATA = FIGURE.'.csv'

array STYLE[VARIANTS]
do for [i = 1:VARIANTS] {
    STYLE[i] = style(i)
    k = STYLE[i] - 1
    set style line STYLE[i] lc rgb COLOUR[k % 8 + 1] lw 2.2 dt DASH[(k / 8 + k) % 4 + 1] pt POINT[k % 8 + 1] ps 0.9
}
set border 3 lc rgb '#555555' lw 1
set tics nomirror out scale 0.6 textcolor rgb '#333333'
set grid xtics ytics lc rgb '#E3E3E3' lw 1 lt 1
set key off
set samples 1000
