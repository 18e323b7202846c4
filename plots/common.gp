# common.gp - what figures of all variants share: text taken from files, so that names are never code; a style a variant.
load 'palette.gp'

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
