/* power.c - power of a GPU by account of the ledger. */
#include "models/power.h"

int32_t power_computes_ppm(Account account)
{
    Visibility seen = account_visibility(account);
    return (seen.low_ppm + seen.high_ppm) / 2;
}

int64_t power_of_account(const MachinePower *machine, Account account)
{
    if (account == ACCOUNT_DOWN && machine->off_when_down) {
        return 0;
    }
    Int128 computes = power_computes_ppm(account);
    bool held = account_group(account) == GROUP_ALLOCATED;
    Int128 rest = (Int128)(held ? machine->gpu_held_mw : machine->gpu_idle_mw) * GP_PPM;
    Int128 busy = (Int128)machine->gpu_max_mw * machine->busy_ppm;
    /* milliwatt x ppm x ppm */
    Int128 gpu = rest * GP_PPM + computes * (busy - rest);
    Int128 node = (Int128)machine->node_idle_mw * GP_PPM +
                  computes * (machine->node_max_mw - machine->node_idle_mw);
    Int128 by = (Int128)GP_PPM * GP_PPM * machine->gpu_count;
    return (int64_t)((gpu * machine->gpu_count + node * GP_PPM + by / 2) / by);
}
