/* units.h - quantities as people write them, kept as exact integers.
 *
 * `80Gi`, `250m`, `12GB/s`, `1h30m`, `3.00 USD/gpu-h`, `35%`. Decimal text is scaled exactly; no
 * floating point. Capacities round down, requests up, so that rounding never makes a request fit
 * that does not.
 */
#ifndef CORE_UNITS_H
#define CORE_UNITS_H

#include <stdint.h>

typedef enum Unit {
    UNIT_NONE,             /* a bare integer */
    UNIT_DURATION_MS,      /* ms s m h d w y, combinable; a year is 365 days */
    UNIT_CPU_MILLI,        /* cores: 8, 0.5, 250m */
    UNIT_GPU_MILLI,        /* bare milli-GPU integer */
    UNIT_MEMORY_MIB,       /* Ki Mi Gi Ti Pi, k M G T P with or without B */
    UNIT_BYTES_MB_S,       /* GB/s MB/s GiB/s ...: megabytes (10^6) a second */
    UNIT_BITS_MB_S,        /* Gb/s Mb/s: megabits a second */
    UNIT_RATIO_PPM,        /* 35% or 0.35 */
    UNIT_USD_MICRO_GPU_H,  /* 3.00 USD/gpu-h: micro-USD a GPU-hour */
    UNIT_POWER_MW,         /* 75W, 10.2kW: milliwatt */
    UNIT_GPUS_MILLI,       /* GPUs: 8, 0.5: milli-GPU */
    UNIT_RATE,             /* 40/h, 0.5/s: how often in 10^6 weeks, so that /s /m /h /d are whole */
    UNIT_NUMBER_MICRO,     /* a number without a unit: 1.5; millionths */
    UNIT_USD_MICRO_H,      /* 55 USD/h: micro-USD an hour */
    UNIT_USD_MICRO,        /* 250000 USD: micro-USD */
    UNIT_USD_MICRO_Y,      /* 500 USD/month: micro-USD a year of 8760 hours, twelve months */
    UNIT_USD_MICRO_GPU_Y,  /* 4500 USD/gpu-y: micro-USD a GPU and year */
    UNIT_USD_MICRO_KW_Y,   /* 180 USD/kW-month: micro-USD a kilowatt and year */
    UNIT_USD_MICRO_NODE_H, /* 2 USD/node-h: micro-USD a node and hour */
    UNIT_USD_MICRO_KWH,    /* 0.085 USD/kWh: micro-USD a kilowatt-hour */
    UNIT_CARBON_MG_KWH     /* 381 g/kWh: milligrams of CO2 equivalent a kilowatt-hour */
} Unit;

typedef enum Rounding { ROUND_DOWN, ROUND_UP, ROUND_EXACT } Rounding;

/* Parses all of `text`. On failure returns a static sentence that says what was expected (with an
 * example) and leaves *value alone; on success returns NULL. Negative amounts parse; bounds are the
 * caller's. */
const char *quantity_parse(const char *text, Unit unit, Rounding rounding, int64_t *value);

/* A short name of the unit for documentation: "duration", "cores", "bytes" ... */
const char *unit_name(Unit unit);

/* Canonical text into buffer (at least 32 bytes); returns buffer. */
char *quantity_print(int64_t value, Unit unit, char *buffer, int size);

/* Gregorian calendar text `2026-03-01T00:00:00Z` or `2026-03-01` to ms since 1970; same convention.
 */
const char *timestamp_parse(const char *text, int64_t *unix_ms);

#endif
