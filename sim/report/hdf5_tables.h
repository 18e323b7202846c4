/* hdf5_tables.h - the tables below /variants/NAME of a result file. */
#ifndef SIM_REPORT_HDF5_TABLES_H
#define SIM_REPORT_HDF5_TABLES_H

#include <hdf5.h>
#include <stdbool.h>

#include "sim/experiment/result.h"

bool metrics_table(hid_t parent, const VariantResult *variant);
bool ledger_table(hid_t parent, const Ledger *ledger, const Cluster *cluster);
bool load_curve_table(hid_t parent, const LoadCurve *curve);
bool jobs_table(hid_t parent, const JobColumns *jobs);
bool intervals_table(hid_t parent, const IntervalColumns *rows);
bool attempts_table(hid_t parent, const AttemptColumns *attempts);
bool series_table(hid_t parent, const SeriesColumns *series);
bool faults_table(hid_t parent, const FaultColumns *faults);
bool over_time_table(hid_t parent, const OverTimeColumns *columns);
bool job_faults_table(hid_t parent, const HitColumns *hits, const FaultColumns *faults);
bool node_states_table(hid_t parent, const NodeStateColumns *states);

#endif
