/* bridge.c - the books of two variants side by side. */
#include "sim/report/bridge.h"

#include <string.h>

#include "sim/report/amounts.h"
#include "sim/report/json_help.h"

typedef struct Sides {
    Amounts from, to;
    bool known;
} Sides;

typedef struct Books {
    Sides hours, usd;
} Books;

static void sides_read(const VariantPair *pair, const char *unit, Sides *sides)
{
    sides->known =
        amounts_read(pair->from, unit, &sides->from) && amounts_read(pair->to, unit, &sides->to);
}

static json_t *change_json(int64_t from, int64_t to)
{
    json_t *row = json_object();
    bool ok = json_put(row, "from", json_integer(from));
    ok = json_put(row, "to", json_integer(to)) && ok;
    ok = json_put(row, "change", json_integer(to - from)) && ok;
    return json_checked(row, ok);
}

/* sub -1: the whole account; account -1: all that is paid for. */
static json_t *side_json(const Sides *sides, int account, int sub)
{
    const Amounts *from = &sides->from;
    const Amounts *to = &sides->to;
    if (!sides->known) {
        return json_null();
    }
    if (account < 0) {
        return change_json(from->total, to->total);
    }
    return sub < 0 ? change_json(from->account[account], to->account[account])
                   : change_json(from->sub[account][sub], to->sub[account][sub]);
}

static bool amounts_put(json_t *row, const Books *books, int account, int sub)
{
    bool ok = json_put(row, "gpu_hours_micro", side_json(&books->hours, account, sub));
    return json_put(row, "usd_micro", side_json(&books->usd, account, sub)) && ok;
}

static bool holds_any(const Books *books, int account, int sub)
{
    const Amounts *const all[] = {&books->hours.from, &books->hours.to, &books->usd.from,
                                  &books->usd.to};
    bool any = false;
    for (int i = 0; i < 4; i++) {
        any = any || (sub < 0 ? all[i]->account[account] : all[i]->sub[account][sub]) != 0;
    }
    return any;
}

/* The interval of the change in GPU-hours, from one value a replication. */
static bool interval_put(json_t *row, const VariantPair *pair, PairedValues *values, int account)
{
    const json_t *rows[2] = {pair->from, pair->to};
    const json_t *list[2];
    for (int i = 0; i < 2; i++) {
        const json_t *accounts = json_object_get(json_object_get(rows[i], "ledger"), "accounts");
        list[i] =
            json_object_get(json_object_get(accounts, account_name((Account)account)), "values");
    }
    paired_values_take(values, pair, list[0], list[1]);
    PairedEvidence evidence = paired_values_judge(values, pair);
    bool ok = json_put(row, "ci_low", json_number(evidence.t_low));
    ok = json_put(row, "ci_high", json_number(evidence.t_high)) && ok;
    return (!evidence.deterministic || json_put(row, "deterministic", json_true())) && ok;
}

static json_t *subs_json(const Books *books, int account)
{
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int sub = 0; sub < account_sub_count((Account)account); sub++) {
        if (!holds_any(books, account, sub)) {
            continue;
        }
        json_t *row = json_object();
        bool good =
            json_put(row, "sub_account", json_string(account_sub_name((Account)account, sub)));
        good = amounts_put(row, books, account, sub) && good;
        ok = json_push(rows, json_checked(row, good)) && ok;
    }
    return json_checked(rows, ok);
}

static json_t *account_json(const VariantPair *pair, const Books *books, PairedValues *values,
                            int account)
{
    json_t *row = json_object();
    bool ok = json_put(row, "account", json_string(account_name((Account)account)));
    ok = json_put(row, "group", json_string(account_group_name((Account)account))) && ok;
    ok = amounts_put(row, books, account, -1) && ok;
    ok = interval_put(row, pair, values, account) && ok;
    ok = json_put(row, "by", subs_json(books, account)) && ok;
    return json_checked(row, ok);
}

/* ---- what is paid beside GPU time ---- */

static json_t *overhead_row(const VariantPair *pair, const char *name)
{
    json_t *row = json_object();
    bool ok = name == NULL || json_put(row, "name", json_string(name));
    ok = json_put(row, "usd_micro",
                  change_json(overhead_read(pair->from, name), overhead_read(pair->to, name))) &&
         ok;
    return json_checked(row, ok);
}

static bool is_listed(const json_t *rows, const char *name)
{
    const json_t *row;
    size_t i;
    json_array_foreach (rows, i, row) {
        if (strcmp(json_text_at(row, "name"), name) == 0) {
            return true;
        }
    }
    return false;
}

static const json_t *overhead_lines(const json_t *variant)
{
    return json_object_get(json_object_get(variant, "ledger"), "overhead");
}

/* All of it, and each line that one of the two has. */
static json_t *overhead_json(const VariantPair *pair)
{
    const json_t *const sides[] = {overhead_lines(pair->from), overhead_lines(pair->to)};
    json_t *all = overhead_row(pair, NULL);
    json_t *by = json_array();
    bool ok = all != NULL && by != NULL;
    for (int i = 0; i < 2; i++) {
        const json_t *line;
        size_t k;
        json_array_foreach (sides[i], k, line) {
            const char *name = json_text_at(line, "name");
            if (ok && !is_listed(by, name)) {
                ok = json_push(by, overhead_row(pair, name));
            }
        }
    }
    return json_put(all, "by", by) ? json_checked(all, ok) : json_checked(all, false);
}

static json_t *cost_json(const VariantPair *pair, const Books *books)
{
    json_t *row = json_object();
    bool ok = json_put(row, "usd_micro",
                       change_json(books->usd.from.total + overhead_read(pair->from, NULL),
                                   books->usd.to.total + overhead_read(pair->to, NULL)));
    return json_checked(row, ok);
}

json_t *bridge_json(const VariantPair *pair)
{
    Books books = {0};
    sides_read(pair, "gpu_hours", &books.hours);
    sides_read(pair, "usd", &books.usd);
    if (!books.hours.known) {
        return json_null();
    }
    PairedValues values;
    json_t *rows = json_array();
    bool ok = paired_values_init(&values, pair) && rows != NULL;
    for (int account = 0; ok && account < ACCOUNT_COUNT; account++) {
        if (account != ACCOUNT_PRODUCTIVE && holds_any(&books, account, -1)) {
            ok = json_push(rows, account_json(pair, &books, &values, account));
        }
    }
    json_t *paid = json_object();
    json_t *bridge = json_object();
    ok = amounts_put(paid, &books, -1, -1) && ok;
    ok = json_put(bridge, "paid", paid) && ok;
    ok = ok &&
         json_put(bridge, "productive", account_json(pair, &books, &values, ACCOUNT_PRODUCTIVE));
    ok = json_put(bridge, "overhead", overhead_json(pair)) && ok;
    ok = json_put(bridge, "cost", books.usd.known ? cost_json(pair, &books) : json_null()) && ok;
    paired_values_free(&values);
    return json_put(bridge, "rows", rows) ? json_checked(bridge, ok) : json_checked(bridge, false);
}
