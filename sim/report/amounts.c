/* amounts.c - averages are rational numbers; here they become integers without losing a sum. */
#include "sim/report/amounts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/apportion.h"
#include "sim/report/json_help.h"

#define HIGHEST 2e12     /* of hours or dollars: sums of four in millionths fit 64 bits */
#define ROWS_MAX 1000    /* of overhead lines */
#define WEIGHT_STEPS 1e9 /* of one hour or dollar: finer than what is rounded to */

bool micro_of(double value, int64_t *micro)
{
    *micro = 0;
    if (!isfinite(value) || fabs(value) > HIGHEST) {
        return false;
    }
    *micro = (int64_t)llround(value * MICRO);
    return true;
}

static bool weight_of(const json_t *row, const char *unit, Int128 *weight, double *sum)
{
    const json_t *value = json_object_get(row, unit);
    *weight = 0;
    if (value == NULL) {
        return true; /* what holds nothing is not listed */
    }
    double amount = json_number_at(row, unit);
    if (!(amount >= 0) || amount > HIGHEST) {
        return false;
    }
    *weight = (Int128)(amount * WEIGHT_STEPS);
    *sum += amount;
    return true;
}

/* From integers, if all accounts have some. */
static bool exact_read(const json_t *accounts, const char *unit, Amounts *amounts)
{
    char key[16];
    snprintf(key, sizeof key, "%s_micro", unit);
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        const json_t *row = json_object_get(accounts, account_name((Account)a));
        const json_t *value = json_object_get(row, key);
        json_int_t amount = json_integer_value(value);
        if (!json_is_integer(value) || amount < 0 ||
            (double)amount > HIGHEST * MICRO / ACCOUNT_COUNT) {
            return false;
        }
        amounts->account[a] = amount;
        amounts->total += amount;
    }
    return true;
}

bool amounts_read(const json_t *variant, const char *unit, Amounts *amounts)
{
    *amounts = (Amounts){0};
    const json_t *accounts = json_object_get(json_object_get(variant, "ledger"), "accounts");
    Int128 weight[ACCOUNT_COUNT];
    Int128 sub_weight[LEDGER_SUBS];
    double sum = 0.0;
    bool ok = json_is_object(accounts);
    for (int a = 0; ok && a < ACCOUNT_COUNT; a++) {
        ok = weight_of(json_object_get(accounts, account_name((Account)a)), unit, &weight[a], &sum);
    }
    ok = ok && micro_of(sum, &amounts->total);
    if (!ok) {
        return false;
    }
    Amounts exact = {0};
    if (exact_read(accounts, unit, &exact)) {
        *amounts = exact;
    } else {
        apportion(amounts->total, weight, ACCOUNT_COUNT, amounts->account);
    }
    for (int a = 0; ok && a < ACCOUNT_COUNT; a++) {
        const json_t *by =
            json_object_get(json_object_get(accounts, account_name((Account)a)), "by");
        int count = account_sub_count((Account)a);
        double ignored = 0.0;
        for (int s = 0; ok && s < count; s++) {
            ok = weight_of(json_object_get(by, account_sub_name((Account)a, s)), unit,
                           &sub_weight[s], &ignored);
        }
        if (ok && count > 0) {
            apportion(amounts->account[a], sub_weight, count, amounts->sub[a]);
        }
    }
    return ok;
}

int64_t overhead_read(const json_t *variant, const char *name)
{
    const json_t *rows = json_object_get(json_object_get(variant, "ledger"), "overhead"), *row;
    int64_t sum = 0;
    size_t i;
    json_array_foreach (rows, i, row) {
        json_int_t amount = json_integer_value(json_object_get(row, "usd_micro"));
        bool wanted = name == NULL || strcmp(json_text_at(row, "name"), name) == 0;
        if (wanted && fabs((double)amount) < HIGHEST * MICRO / ROWS_MAX && i < ROWS_MAX) {
            sum += amount;
        }
    }
    if (name == NULL && !json_is_array(rows)) { /* as it was before there were cost books */
        micro_of(json_metric(variant, "staff_usd", "mean"), &sum);
    }
    return sum;
}

static int64_t rounded_to(int64_t value, int64_t step)
{
    int64_t half = value < 0 ? -(step / 2) : step / 2;
    return (value + half) / step;
}

static void parts_round(int64_t total, const int64_t *part, int count, int64_t *rounded)
{
    Int128 weight[ACCOUNT_COUNT > LEDGER_SUBS ? ACCOUNT_COUNT : LEDGER_SUBS];
    for (int i = 0; i < count; i++) {
        weight[i] = part[i];
    }
    apportion(total, weight, count, rounded);
}

void amounts_round(const Amounts *amounts, int64_t step, Amounts *rounded)
{
    *rounded = (Amounts){.total = rounded_to(amounts->total, step)};
    parts_round(rounded->total, amounts->account, ACCOUNT_COUNT, rounded->account);
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        int count = account_sub_count((Account)a);
        if (count > 0) {
            parts_round(rounded->account[a], amounts->sub[a], count, rounded->sub[a]);
        }
    }
}

void amounts_less(const Amounts *to, const Amounts *from, Amounts *change)
{
    change->total = to->total - from->total;
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        change->account[a] = to->account[a] - from->account[a];
        for (int s = 0; s < LEDGER_SUBS; s++) {
            change->sub[a][s] = to->sub[a][s] - from->sub[a][s];
        }
    }
}
