/* version.c - the versions of the libraries that reports are written with. */
#include "sim/report/version.h"

#include <hdf5.h>
#include <jansson.h>
#include <stdio.h>

void report_libraries(char text[REPORT_LIBRARIES_MAX])
{
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    snprintf(text, REPORT_LIBRARIES_MAX, "HDF5 %u.%u.%u, jansson %s", major, minor, release,
             jansson_version_str());
}
