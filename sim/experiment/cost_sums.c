/* cost_sums.c - what a cell of the costs is worth, and in which order cells stand. */
#include "sim/experiment/cost_sums.h"

#include "sim/experiment/cost_rates.h"

int cost_cell_order(const void *a, const void *b)
{
    const CostCell *one = a;
    const CostCell *other = b;
    const int32_t of[2][5] = {
        {one->period, one->type, one->tenant, one->account, one->commitment},
        {other->period, other->type, other->tenant, other->account, other->commitment}};
    for (int i = 0; i < 5; i++) {
        if (of[0][i] != of[1][i]) {
            return of[0][i] < of[1][i] ? -1 : 1;
        }
    }
    return 0;
}

static const TypeCost *type_of(const CostSums *sums, const CostCell *cell)
{
    return &sums->model->types[cell->type];
}

Int128 cost_cell_contracted(const CostSums *sums, const CostCell *cell)
{
    const TypeCost *type = type_of(sums, cell);
    return type->purchase == PURCHASE_SPOT ? cell->spot : cell->amount * cost_contracted(type, 0);
}

Int128 cost_cell_list(const CostSums *sums, const CostCell *cell)
{
    const TypeCost *type = type_of(sums, cell);
    return type->purchase == PURCHASE_SPOT && type->list == 0 ? cell->spot
                                                              : cell->amount * cost_list(type, 0);
}

Int128 cost_cell_effective(const CostSums *sums, const CostCell *cell)
{
    if (cell->commitment < sums->model->commitment_count) {
        return cell->amount *
               cost_committed(&sums->model->commitments[cell->commitment], type_of(sums, cell));
    }
    return cost_cell_contracted(sums, cell);
}

Int128 cost_cell_energy(const CostSums *sums, const CostCell *cell)
{
    return cell->amount * cost_microwatt(sums->model, cell->type, (Account)cell->account);
}
