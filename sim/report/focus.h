/* focus.h - the charges of a variant as a FOCUS "Cost and Usage" dataset, for cost tools.
 *
 * FOCUS: FinOps Open Cost and Usage Specification, versions 1.2 to 1.4. Which row says what:
 * docs/focus.md. Amounts of money are whole micro-USD, quantities whole 1e-12 units; sums of rows
 * are the variant's cost, exactly.
 */
#ifndef SIM_REPORT_FOCUS_H
#define SIM_REPORT_FOCUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/diagnostic.h"
#include "core/status.h"
#include "sim/report/hdf5_charges.h"

typedef enum FocusVersion { FOCUS_1_2, FOCUS_1_3, FOCUS_1_4, FOCUS_VERSION_COUNT } FocusVersion;
extern const char *const FOCUS_VERSION_NAMES[FOCUS_VERSION_COUNT];

/* What is known besides the charges. Texts that nobody gave are NULL. */
typedef struct FocusAbout {
    const char *scenario, *sha256;
    const char *const *team, *const *tenant; /* [book->tenant_count] of a queue; NULL: not known */
    int64_t created_unix_ms;                 /* of the metadata */
} FocusAbout;

typedef enum FocusKind { FOCUS_WORKLOAD, FOCUS_IDLE, FOCUS_SHARED, FOCUS_OVERHEAD } FocusKind;

/* A decimal in fixed point: whole + pico x 1e-12, 0 <= pico < 1e12. */
typedef struct FocusDecimal {
    int64_t whole, pico;
} FocusDecimal;

/* One row, whatever the version. Texts of the run are borrowed; NULL is null. */
typedef struct FocusRow {
    int64_t begin_ms, end_ms;                    /* charge period, unix */
    int64_t billed, effective, list, contracted; /* micro-USD */
    FocusDecimal list_price, contracted_price;   /* USD for each pricing unit */
    FocusDecimal quantity;
    const char *unit;
    bool purchase;         /* else usage */
    const char *frequency; /* Usage-Based, Recurring, One-Time */
    const char *pricing;   /* Standard, Dynamic, Committed */
    const char *category, *subcategory, *service;
    const char *about; /* what it is, within the description */
    bool consumed;     /* has a consumed quantity: as it is priced */
    const char *resource, *resource_type;
    int32_t type;           /* row of Charges.types; -1: none */
    int32_t tenant;         /* of the book; -1: nobody's */
    int32_t account;        /* Account; -1: no GPU time */
    int32_t commitment;     /* -1: none */
    const char *status;     /* Used, Unused; NULL */
    FocusDecimal committed; /* commitment quantity */
    FocusKind kind;
    bool energy; /* of a GPU's energy */
    int64_t energy_wh, carbon_mg;
} FocusRow;

/* Called once a row; stops and answers false where it does. */
typedef bool FocusTake(void *self, const FocusRow *row);
bool focus_rows(const Charges *charges, FocusTake *take, void *self);

/* What a bill by calendar month cannot hold: no start, a period that crosses the end of a month.
 * Recorded with what to do; STATUS_BAD_INPUT. */
Status focus_check(const Charges *charges, const char *path, Diagnostics *diagnostics);

/* Writes the CSV and, beside it, its metadata (F.csv: F.metadata.json). */
Status focus_write(const Charges *charges, const FocusAbout *about, FocusVersion version,
                   const char *path, Diagnostics *diagnostics);

/* `report --focus`: of the variant of that name (NULL: the first, which is said) of a result file
 * whose summary was read. STATUS_USAGE: it has no such variant. */
Status report_focus(const char *path, const json_t *summary, const char *variant,
                    FocusVersion version, const char *target, Diagnostics *diagnostics);

/* ---- parts ---- */

/* cost / quantity, to 1e-12; 0 for no quantity. micro-USD. */
FocusDecimal focus_price(int64_t cost_micro, FocusDecimal quantity);
FocusDecimal focus_from_nano(int64_t nano);
FocusDecimal focus_from_micro(int64_t micro);

#endif
