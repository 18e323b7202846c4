/* term_list.h - every packing term, one line each: GP_TERM(identifier) for core/packing/terms/identifier.c.
 *
 * A term's code is its place in this list and travels in files and interfaces: append only, never reorder.
 * No include guard: the list is included once for each use of it.
 */
GP_TERM(first_fit)
GP_TERM(best_fit)
GP_TERM(dot_product)
GP_TERM(gpu_packing)
GP_TERM(gpu_clustering)
GP_TERM(fgd)
