/* charge_columns.h - columns of the cost tables that are fields of their rows: the same list for
 * who writes and who reads. */
#ifndef SIM_REPORT_CHARGE_COLUMNS_H
#define SIM_REPORT_CHARGE_COLUMNS_H

#include "sim/report/hdf5_charges.h"

/* An int64_t or a double at that offset of a row. */
typedef struct ChargeColumn {
    const char *name, *units, *about;
    size_t offset;
    bool real;
} ChargeColumn;

#define CHARGE_COLUMN_COUNT 9
extern const ChargeColumn CHARGE_COLUMNS[CHARGE_COLUMN_COUNT]; /* of CostRow */
#define COMMITMENT_COLUMN_COUNT 8
extern const ChargeColumn COMMITMENT_COLUMNS[COMMITMENT_COLUMN_COUNT]; /* of CommitmentRow */
#define TERM_COLUMN_COUNT 7
extern const ChargeColumn TERM_COLUMNS[TERM_COLUMN_COUNT]; /* of ChargeCommitment */
#define PRICE_COLUMN_COUNT 2
extern const ChargeColumn PRICE_COLUMNS[PRICE_COLUMN_COUNT]; /* of ChargeType */

#define BILLING_NUMBERS 5
extern const ChargeColumn BILLING_NUMBER_NAMES[BILLING_NUMBERS];
#define BILLING_TEXTS 7
extern const char *const BILLING_TEXT_NAMES[BILLING_TEXTS];
const char *const *billing_text(const Billing *billing, int which);

#endif
