/* charge_columns.c - names, units and meanings of the columns of cost tables. */
#include "sim/report/charge_columns.h"

#include <stddef.h>

#define MONEY "1e-6 USD"

const ChargeColumn CHARGE_COLUMNS[CHARGE_COLUMN_COUNT] = {
    {"gpu_hours", "GPU-hours", "whole ones", offsetof(CostRow, gpu_hours), false},
    {"gpu_hours_pico", "1e-12 GPU-hours", "what is left of them", offsetof(CostRow, gpu_hours_pico),
     false},
    {"list", MONEY, "at the list price", offsetof(CostRow, list), false},
    {"contracted", MONEY, "at the negotiated price", offsetof(CostRow, contracted), false},
    {"billed", MONEY, "billed as used; 0 where a commitment covers it, and of owned nodes",
     offsetof(CostRow, billed), false},
    {"effective", MONEY, "what it costs, energy aside", offsetof(CostRow, effective), false},
    {"energy_cost", MONEY, "energy of owned nodes, on top", offsetof(CostRow, energy_usd), false},
    {"energy_wh", "Wh", "at the meter, whoever pays", offsetof(CostRow, energy_wh), false},
    {"carbon_mg", "mg", "CO2 equivalent of that energy", offsetof(CostRow, carbon_mg), false}};

const ChargeColumn COMMITMENT_COLUMNS[COMMITMENT_COLUMN_COUNT] = {
    {"bought_gpu_hours", "GPU-hours", "promised; of money: at its own prices",
     offsetof(CommitmentRow, bought_gpu_hours), true},
    {"used_gpu_hours", "GPU-hours", "covered", offsetof(CommitmentRow, used_gpu_hours), true},
    {"eligible_gpu_hours", "GPU-hours", "on demand in its scope during its term",
     offsetof(CommitmentRow, eligible_gpu_hours), true},
    {"used", MONEY, "amortised cost of what it covered", offsetof(CommitmentRow, used), false},
    {"unused", MONEY, "amortised cost of the rest", offsetof(CommitmentRow, unused), false},
    {"on_demand", MONEY, "what the covered time would have cost on demand",
     offsetof(CommitmentRow, on_demand), false},
    {"upfront", MONEY, "billed when the term begins", offsetof(CommitmentRow, upfront), false},
    {"recurring", MONEY, "billed hour by hour", offsetof(CommitmentRow, recurring), false}};

const ChargeColumn TERM_COLUMNS[TERM_COLUMN_COUNT] = {
    {"gpu_milli", "1e-3 GPUs", "promised at every instant", offsetof(ChargeCommitment, gpu_milli),
     false},
    {"rate", "1e-9 USD/GPU-hour", "of a promise of GPU-hours",
     offsetof(ChargeCommitment, nano_usd_per_gpu_hour), false},
    {"spend", "1e-6 USD/h", "of a promise of money", offsetof(ChargeCommitment, micro_usd_per_hour),
     false},
    {"discount_ppm", "1e-6", "of a promise of money: off the negotiated price",
     offsetof(ChargeCommitment, discount_ppm), false},
    {"from_ms", "ms", "begin of its term, since the start", offsetof(ChargeCommitment, from_ms),
     false},
    {"to_ms", "ms", "end of its term", offsetof(ChargeCommitment, to_ms), false},
    {"upfront_ppm", "1e-6", "of its fee, paid when the term begins",
     offsetof(ChargeCommitment, upfront_ppm), false}};

const ChargeColumn PRICE_COLUMNS[PRICE_COLUMN_COUNT] = {
    {"list", "1e-9 USD/GPU-hour", "list price; 0: not given", offsetof(ChargeType, list), false},
    {"contracted", "1e-9 USD/GPU-hour",
     "negotiated price; of spot nodes 0: it changes; of owned nodes the sum of their parts",
     offsetof(ChargeType, contracted), false}};

const ChargeColumn BILLING_NUMBER_NAMES[BILLING_NUMBERS] = {
    {"start_unix_ms", "ms", "when the run starts, since 1970; 0: not given", 0, false},
    {"replications", "1", "that the tables are the mean of", 0, false},
    {"total", MONEY, "sum of charges, unused commitments and overheads", 0, false},
    {"energy_wh", "Wh", "with nodes without GPUs", 0, false},
    {"carbon_mg", "mg", "with nodes without GPUs", 0, false}};

const char *const BILLING_TEXT_NAMES[BILLING_TEXTS] = {
    "account_id", "account_name", "provider", "publisher", "issuer", "host", "region"};

const char *const *billing_text(const Billing *billing, int which)
{
    const char *const *const TEXTS[BILLING_TEXTS] = {
        &billing->account_id, &billing->account_name, &billing->provider, &billing->publisher,
        &billing->issuer,     &billing->host,         &billing->region};
    return TEXTS[which];
}
