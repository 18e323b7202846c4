/* hdf5_tables.h - the tables below /variants/NAME of a result file. */
#ifndef SIM_REPORT_HDF5_TABLES_H
#define SIM_REPORT_HDF5_TABLES_H

#include <stdbool.h>

#include "sim/experiment/result.h"
#include "sim/report/hdf5_columns.h"

bool metrics_table(H5Group parent, const VariantResult *variant);
bool ledger_table(H5Group parent, const Ledger *ledger, const Cluster *cluster);
bool load_curve_table(H5Group parent, const LoadCurve *curve);
bool jobs_table(H5Group parent, const JobColumns *jobs);
bool intervals_table(H5Group parent, const IntervalColumns *rows);
bool attempts_table(H5Group parent, const AttemptColumns *attempts);
bool series_table(H5Group parent, const SeriesColumns *series);
bool faults_table(H5Group parent, const FaultColumns *faults);
bool over_time_table(H5Group parent, const OverTimeColumns *columns);
bool job_faults_table(H5Group parent, const HitColumns *hits, const FaultColumns *faults);
bool node_states_table(H5Group parent, const NodeStateColumns *states);

#endif
