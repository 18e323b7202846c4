/* svg_inline.h - an SVG that gnuplot wrote, made fit to stand within a page. */
#ifndef SIM_REPORT_SVG_INLINE_H
#define SIM_REPORT_SVG_INLINE_H

#include <stdbool.h>

#include "core/text_buffer.h"

/* Appends the drawing without prolog and outer element: ids get the prefix, colours of the palette
 * (plots/palette.gp) become the page's custom properties, gnuplot's own titles and what nothing
 * refers to are left out, coordinates keep one decimal. *width and *height: of the drawing. False
 * if it is no such SVG. */
bool svg_inline(const char *svg, const char *prefix, TextBuffer *out, double *width,
                double *height);

#endif
