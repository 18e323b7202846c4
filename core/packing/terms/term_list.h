/* term_list.h - every packing term, one line each: GP_TERM(identifier) for
 * core/packing/terms/identifier.c.
 *
 * A term's code is its place in this list and travels in files and interfaces: append only, never
 * reorder. No include guard: the list is included once for each use of it.
 */
GP_TERM(first_fit)
GP_TERM(best_fit)
GP_TERM(dot_product)
GP_TERM(gpu_packing)
GP_TERM(gpu_clustering)
GP_TERM(fgd)
GP_TERM(tetris)
GP_TERM(l2_norm)
GP_TERM(cosine)
GP_TERM(least_allocated)
GP_TERM(most_allocated)
GP_TERM(requested_to_capacity_ratio)
GP_TERM(balanced_allocation)
GP_TERM(volcano_binpack)
GP_TERM(hami_node)
GP_TERM(kai_binpack)
GP_TERM(kai_spread)
GP_TERM(mig_fragmentation)
GP_TERM(mig_capability)
GP_TERM(ragp)
GP_TERM(ragp_alignment)
GP_TERM(ragp_tightness)
GP_TERM(ragp_stranded)
GP_TERM(ragp_class_fragmentation)
GP_TERM(ragp_health)
GP_TERM(kai_shared_card)
GP_TERM(kai_cpu_node)
