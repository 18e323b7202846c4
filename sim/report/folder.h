/* folder.h - the folder that several files of one report go into. */
#ifndef SIM_REPORT_FOLDER_H
#define SIM_REPORT_FOLDER_H

#include "core/diagnostic.h"

/* Makes it if it is not there. STATUS_FAILED with a diagnostic if it cannot be made. */
Status folder_make(const char *folder, Diagnostics *diagnostics);

#endif
