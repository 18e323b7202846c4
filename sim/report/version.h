/* version.h - the version that results carry; without the commit, which differs between equal runs.
 */
#ifndef SIM_REPORT_VERSION_H
#define SIM_REPORT_VERSION_H

#define GPUPLAN_VERSION "0.1.0"
#define SUMMARY_FORMAT 1 /* of the JSON and of the HDF5 layout; docs/results.md */

/* "HDF5 1.10.8, jansson 2.14": the libraries that reports are written with, as found at run time.
 */
#define REPORT_LIBRARIES_MAX 80
void report_libraries(char text[REPORT_LIBRARIES_MAX]);

#endif
