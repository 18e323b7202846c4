/* units.c - decimal text with a unit becomes an exact integer: one table of suffixes, 128-bit
 * products. */
#include "core/units.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 Wide;

#define FRACTION_DIGITS_MAX 18 /* what an int64 holds whatever the digits are */
#define MEBI 1048576

/* One suffix: the amount in the unit's base = number x numerator / denominator. */
typedef struct Suffix {
    const char *text; /* "" for a bare number */
    int64_t numerator;
    int64_t denominator;
} Suffix;

static const Suffix SUFFIXES_NONE[] = {{"", 1, 1}, {NULL, 0, 0}};
/* Largest first: the parts of 1h30m must come in this order. */
static const Suffix SUFFIXES_DURATION[] = {{"y", INT64_C(31536000000), 1},
                                           {"w", 604800000, 1},
                                           {"d", 86400000, 1},
                                           {"h", 3600000, 1},
                                           {"m", 60000, 1},
                                           {"s", 1000, 1},
                                           {"ms", 1, 1},
                                           {NULL, 0, 0}};
static const Suffix SUFFIXES_CPU[] = {{"", 1000, 1}, {"m", 1, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_GPUS[] = {{"", 1000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_MEMORY[] = {{"Mi", 1, 1},
                                         {"Gi", 1 << 10, 1},
                                         {"Ti", 1 << 20, 1},
                                         {"Pi", 1 << 30, 1},
                                         {"Ki", 1, 1 << 10},
                                         {"MiB", 1, 1},
                                         {"GiB", 1 << 10, 1},
                                         {"TiB", 1 << 20, 1},
                                         {"PiB", 1 << 30, 1},
                                         {"KiB", 1, 1 << 10},
                                         {"M", 1000000, MEBI},
                                         {"G", 1000000000, MEBI},
                                         {"k", 1000, MEBI},
                                         {"T", 1000000000000, MEBI},
                                         {"P", 1000000000000000, MEBI},
                                         {"kB", 1000, MEBI},
                                         {"MB", 1000000, MEBI},
                                         {"GB", 1000000000, MEBI},
                                         {"K", 1000, MEBI},
                                         {"TB", 1000000000000, MEBI},
                                         {"PB", 1000000000000000, MEBI},
                                         {"KB", 1000, MEBI},
                                         {"B", 1, MEBI},
                                         {NULL, 0, 0}};
static const Suffix SUFFIXES_BYTES[] = {{"GB/s", 1000, 1},
                                        {"MB/s", 1, 1},
                                        {"kB/s", 1, 1000},
                                        {"TB/s", 1000000, 1},
                                        {"GiB/s", 1 << 30, 1000000},
                                        {"MiB/s", MEBI, 1000000},
                                        {"KiB/s", 1024, 1000000},
                                        {"TiB/s", INT64_C(1) << 40, 1000000},
                                        {NULL, 0, 0}};
static const Suffix SUFFIXES_BITS[] = {
    {"Gb/s", 1000, 1}, {"Mb/s", 1, 1}, {"kb/s", 1, 1000}, {"Tb/s", 1000000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_RATIO[] = {{"", 1000000, 1}, {"%", 10000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_PRICE[] = {{"USD/gpu-h", 1000000, 1},
                                        {"USD/GPU-h", 1000000, 1},
                                        {"USD/GPU-hour", 1000000, 1},
                                        {NULL, 0, 0}};
static const Suffix SUFFIXES_WAGE[] = {{"USD/h", 1000000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_POWER[] = {
    {"W", 1000, 1}, {"kW", 1000000, 1}, {"mW", 1, 1}, {"MW", 1000000000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_RATE[] = {{"/s", INT64_C(604800000000), 1},
                                       {"/m", INT64_C(10080000000), 1},
                                       {"/h", 168000000, 1},
                                       {"/d", 7000000, 1},
                                       {"/w", 1000000, 1},
                                       {NULL, 0, 0}};
static const Suffix SUFFIXES_MONEY[] = {{"USD", 1000000, 1}, {NULL, 0, 0}};
/* A year has 8760 hours and twelve months. */
static const Suffix SUFFIXES_YEARLY[] = {{"USD/y", 1000000, 1},
                                         {"USD/month", 12000000, 1},
                                         {"USD/d", 365000000, 1},
                                         {"USD/h", INT64_C(8760000000), 1},
                                         {NULL, 0, 0}};
static const Suffix SUFFIXES_GPU_YEARLY[] = {{"USD/gpu-y", 1000000, 1},
                                             {"USD/gpu-month", 12000000, 1},
                                             {"USD/gpu-h", INT64_C(8760000000), 1},
                                             {NULL, 0, 0}};
static const Suffix SUFFIXES_KW_YEARLY[] = {
    {"USD/kW-y", 1000000, 1}, {"USD/kW-month", 12000000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_NODE[] = {{"USD/node-h", 1000000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_TARIFF[] = {
    {"USD/kWh", 1000000, 1}, {"USD/MWh", 1000, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_CARBON[] = {
    {"g/kWh", 1000, 1}, {"kg/MWh", 1000, 1}, {"mg/kWh", 1, 1}, {NULL, 0, 0}};
static const Suffix SUFFIXES_NUMBER[] = {{"", 1000000, 1}, {NULL, 0, 0}};

typedef struct UnitInfo {
    const char *name;
    const char *expected; /* the sentence for a malformed text */
    const Suffix *suffixes;
    bool integer; /* no decimal point */
} UnitInfo;

static const UnitInfo UNITS[] = {
    [UNIT_NONE] = {"number", "expected a whole number, such as 8", SUFFIXES_NONE, true},
    [UNIT_DURATION_MS] = {"duration",
                          "expected a duration with its unit (ms s m h d w y, the largest first), "
                          "such as 90s or 1h30m",
                          SUFFIXES_DURATION, false},
    [UNIT_CPU_MILLI] = {"cores", "expected cores, such as 8, 0.5 or 250m", SUFFIXES_CPU, false},
    [UNIT_GPU_MILLI] = {"milli-GPU", "expected thousandths of a GPU as a whole number, such as 500",
                        SUFFIXES_NONE, true},
    [UNIT_MEMORY_MIB] =
        {"bytes",
         "expected bytes with their unit (Ki Mi Gi Ti Pi, or k M G T P), such as 80Gi or 512Mi",
         SUFFIXES_MEMORY, false},
    [UNIT_BYTES_MB_S] =
        {"bytes a second",
         "expected bytes a second with their unit (a capital B), such as 12GB/s or 500MB/s",
         SUFFIXES_BYTES, false},
    [UNIT_BITS_MB_S] = {"bits a second",
                        "expected bits a second with their unit (a small b), such as 400Gb/s",
                        SUFFIXES_BITS, false},
    [UNIT_RATIO_PPM] = {"ratio", "expected a ratio, such as 35% or 0.35", SUFFIXES_RATIO, false},
    [UNIT_USD_MICRO_GPU_H] = {"price",
                              "expected a price with its currency and unit, such as 3.00 USD/gpu-h",
                              SUFFIXES_PRICE, false},
    [UNIT_POWER_MW] = {"power", "expected a power with its unit, such as 75W or 10.2kW",
                       SUFFIXES_POWER, false},
    [UNIT_GPUS_MILLI] = {"GPUs", "expected GPUs, such as 8 or 0.5", SUFFIXES_GPUS, false},
    [UNIT_RATE] = {"rate", "expected how many a s, m, h, d or w, such as 40/h or 0.5/s",
                   SUFFIXES_RATE, false},
    [UNIT_NUMBER_MICRO] = {"decimal number", "expected a number, such as 2 or 1.5", SUFFIXES_NUMBER,
                           false},
    [UNIT_USD_MICRO_H] = {"dollars an hour",
                          "expected dollars an hour with their unit, such as 55 USD/h",
                          SUFFIXES_WAGE, false},
    [UNIT_USD_MICRO] = {"dollars", "expected dollars with their unit, such as 250000 USD",
                        SUFFIXES_MONEY, false},
    [UNIT_USD_MICRO_Y] = {"dollars as time goes",
                          "expected dollars a h, d, month or y, such as 500 USD/month",
                          SUFFIXES_YEARLY, false},
    [UNIT_USD_MICRO_GPU_Y] = {"dollars a GPU as time goes",
                              "expected dollars a GPU and h, month or y, such as 4500 USD/gpu-y",
                              SUFFIXES_GPU_YEARLY, false},
    [UNIT_USD_MICRO_KW_Y] = {"dollars a kilowatt as time goes",
                             "expected dollars a kilowatt and month or y, such as "
                             "180 USD/kW-month",
                             SUFFIXES_KW_YEARLY, false},
    [UNIT_USD_MICRO_NODE_H] = {"price of a node",
                               "expected a price with its currency and unit, such as 2 USD/node-h",
                               SUFFIXES_NODE, false},
    [UNIT_USD_MICRO_KWH] = {"price of energy",
                            "expected a price with its currency and unit, such as 0.085 USD/kWh",
                            SUFFIXES_TARIFF, false},
    [UNIT_CARBON_MG_KWH] = {"carbon of energy",
                            "expected an amount of CO2 with its unit, such as 381 g/kWh",
                            SUFFIXES_CARBON, false},
};

const char *unit_name(Unit unit)
{
    return UNITS[unit].name;
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* A number as written: whole + fraction / scale. */
typedef struct Decimal {
    int64_t whole;
    int64_t fraction;
    int64_t scale; /* 10^digits after the point */
} Decimal;

static const char TOO_LONG[] = "expected at most 18 digits after the point";
static const char CLOCK[] = "expected a duration with its unit, such as 26h: times count from the "
                            "start of the run, they are not of a day";
static const char LEADING_ZERO[] = "expected a decimal number without leading zeros";
static const char TOO_LARGE[] = "expected an amount that fits 64 bits in its base unit";
static const char INEXACT[] = "expected whole steps of what is counted: millionths of a dollar, "
                              "milliseconds, MiB, 0.0001%";

/* Reads digits[.digits] and moves *text behind it. `malformed` is returned where there is no such
 * number. */
static const char *decimal_read(const char **text, const char *malformed, Decimal *number)
{
    const char *at = *text;
    *number = (Decimal){.scale = 1};
    if (!is_digit(*at)) {
        return malformed;
    }
    if (at[0] == '0' && is_digit(at[1])) {
        return LEADING_ZERO;
    }
    for (; is_digit(*at); at++) {
        if (__builtin_mul_overflow(number->whole, 10, &number->whole) ||
            __builtin_add_overflow(number->whole, *at - '0', &number->whole)) {
            return TOO_LARGE;
        }
    }
    if (*at == '.') {
        at++;
        if (!is_digit(*at)) {
            return malformed;
        }
        for (int digits = 0; is_digit(*at); at++) {
            if (++digits > FRACTION_DIGITS_MAX) {
                return TOO_LONG;
            }
            number->fraction = number->fraction * 10 + (*at - '0');
            number->scale *= 10;
        }
    }
    *text = at;
    return NULL;
}

/* |amount| = number x suffix, rounded; `negative` turns the direction of the rounding. */
static const char *amount_scale(Decimal number, const Suffix *suffix, Rounding rounding,
                                bool negative, Wide *amount)
{
    Wide whole = (Wide)number.whole * suffix->numerator;
    Wide below =
        (whole % suffix->denominator) * number.scale + (Wide)number.fraction * suffix->numerator;
    Wide divisor = (Wide)suffix->denominator * number.scale;
    Wide value = whole / suffix->denominator + below / divisor;
    if (below % divisor != 0) {
        if (rounding == ROUND_EXACT) {
            return INEXACT;
        }
        value += (rounding == ROUND_UP) != negative;
    }
    *amount = value;
    return NULL;
}

static const Suffix *suffix_find(const Suffix *suffixes, const char *text, size_t length)
{
    for (const Suffix *suffix = suffixes; suffix->text != NULL; suffix++) {
        if (strlen(suffix->text) == length && memcmp(suffix->text, text, length) == 0) {
            return suffix;
        }
    }
    return NULL;
}

/* Number and letters again and again; only the last number may have a fraction, so one rounding is
 * enough. */
static const char *duration_read(const char *at, Rounding rounding, bool negative, Wide *amount)
{
    const char *malformed = UNITS[UNIT_DURATION_MS].expected;
    const Suffix *smallest = NULL;
    *amount = 0;
    if (strchr(at, ':') != NULL) {
        return CLOCK;
    }
    do {
        Decimal number;
        const char *wrong = decimal_read(&at, malformed, &number);
        if (wrong != NULL) {
            return wrong;
        }
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz");
        const Suffix *suffix = suffix_find(SUFFIXES_DURATION, at, length);
        at += length;
        if (suffix == NULL || (smallest != NULL && suffix <= smallest) ||
            (number.scale > 1 && *at != '\0')) {
            return malformed;
        }
        smallest = suffix;
        Wide part;
        wrong = amount_scale(number, suffix, rounding, negative, &part);
        if (wrong != NULL) {
            return wrong;
        }
        *amount += part;
    } while (*at != '\0');
    return NULL;
}

static const char *amount_read(const char *at, const UnitInfo *info, Rounding rounding,
                               bool negative, Wide *amount)
{
    Decimal number;
    const char *wrong = decimal_read(&at, info->expected, &number);
    if (wrong != NULL) {
        return wrong;
    }
    const char *letters = at + strspn(at, " ");
    if (letters != at && *letters == '\0') {
        return info->expected;
    }
    const Suffix *suffix = suffix_find(info->suffixes, letters, strlen(letters));
    if (suffix == NULL || (info->integer && number.scale > 1)) {
        return info->expected;
    }
    return amount_scale(number, suffix, rounding, negative, amount);
}

const char *quantity_parse(const char *text, Unit unit, Rounding rounding, int64_t *value)
{
    bool negative = *text == '-';
    const char *at = text + negative;
    Wide amount = 0;
    const char *wrong = unit == UNIT_DURATION_MS
                            ? duration_read(at, rounding, negative, &amount)
                            : amount_read(at, &UNITS[unit], rounding, negative, &amount);
    if (wrong != NULL) {
        return wrong;
    }
    /* INT64_MAX means "never" to some fields, so the largest amount is one below it. */
    if (amount >= INT64_MAX) {
        return TOO_LARGE;
    }
    *value = negative ? -(int64_t)amount : (int64_t)amount;
    return NULL;
}

/* Prints the largest of the candidate suffixes that divides the value. */
static void print_largest(int64_t value, const Suffix *candidates, char *buffer, int size)
{
    const Suffix *chosen = candidates;
    bool any =
        value == 0 && chosen->text[0] == '\0'; /* 0 cores rather than 0m, but 0Mi rather than 0Pi */
    while (!any && chosen[1].text != NULL && (value == 0 || value % chosen->numerator != 0)) {
        chosen++;
    }
    snprintf(buffer, (size_t)size, "%" PRId64 "%s", value / chosen->numerator, chosen->text);
}

/* value / 10^places with at least `least` digits after the point, zeros behind them left out. */
static void print_fixed(int64_t value, int places, int least, const char *suffix, char *buffer,
                        int size)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t scale = 1;
    for (int i = 0; i < places; i++) {
        scale *= 10;
    }
    uint64_t fraction = magnitude % scale;
    uint64_t whole = magnitude / scale;
    while (places > least && fraction % 10 == 0) {
        fraction /= 10;
        places--;
    }
    const char *sign = value < 0 ? "-" : "";
    if (places == 0) {
        snprintf(buffer, (size_t)size, "%s%" PRIu64 "%s", sign, whole, suffix);
    } else {
        snprintf(buffer, (size_t)size, "%s%" PRIu64 ".%0*" PRIu64 "%s", sign, whole, places,
                 fraction, suffix);
    }
}

static void print_duration(int64_t value, char *buffer, int size)
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int used = snprintf(buffer, (size_t)size, "%s", value < 0 ? "-" : "");
    for (const Suffix *suffix = SUFFIXES_DURATION + 2; suffix->text != NULL;
         suffix++) { /* no years or weeks: 7d reads better */
        uint64_t amount = rest / (uint64_t)suffix->numerator;
        rest %= (uint64_t)suffix->numerator;
        if (amount > 0 && used < size) {
            used += snprintf(buffer + used, (size_t)(size - used), "%" PRIu64 "%s", amount,
                             suffix->text);
        }
    }
    if (value == 0) {
        snprintf(buffer, (size_t)size, "0s");
    }
}

/* In jobs an hour where that is whole to six places, else a day, else a week, which is exact. */
static void print_rate(int64_t value, char *buffer, int size)
{
    static const struct {
        int64_t per_week;
        const char *suffix;
    } BASES[] = {{168, "/h"}, {7, "/d"}, {1, "/w"}};
    int base = 0;
    while (value % BASES[base].per_week != 0) {
        base++;
    }
    print_fixed(value / BASES[base].per_week, 6, 0, BASES[base].suffix, buffer, size);
}

char *quantity_print(int64_t value, Unit unit, char *buffer, int size)
{
    static const Suffix CPU[] = {{"", 1000, 1}, {"m", 1, 1}, {NULL, 0, 0}};
    static const Suffix MEMORY[] = {
        {"Pi", 1 << 30, 1}, {"Ti", 1 << 20, 1}, {"Gi", 1 << 10, 1}, {"Mi", 1, 1}, {NULL, 0, 0}};
    static const Suffix BYTES[] = {
        {"TB/s", 1000000, 1}, {"GB/s", 1000, 1}, {"MB/s", 1, 1}, {NULL, 0, 0}};
    static const Suffix BITS[] = {
        {"Tb/s", 1000000, 1}, {"Gb/s", 1000, 1}, {"Mb/s", 1, 1}, {NULL, 0, 0}};
    static const Suffix POWER[] = {{"kW", 1000000, 1}, {"W", 1000, 1}, {"mW", 1, 1}, {NULL, 0, 0}};
    switch (unit) {
    case UNIT_DURATION_MS:
        print_duration(value, buffer, size);
        break;
    case UNIT_CPU_MILLI:
        print_largest(value, CPU, buffer, size);
        break;
    case UNIT_MEMORY_MIB:
        print_largest(value, MEMORY, buffer, size);
        break;
    case UNIT_BYTES_MB_S:
        print_largest(value, BYTES, buffer, size);
        break;
    case UNIT_BITS_MB_S:
        print_largest(value, BITS, buffer, size);
        break;
    case UNIT_POWER_MW:
        print_largest(value, POWER, buffer, size);
        break;
    case UNIT_GPUS_MILLI:
        print_fixed(value, 3, 0, "", buffer, size);
        break;
    case UNIT_NUMBER_MICRO:
        print_fixed(value, 6, 0, "", buffer, size);
        break;
    case UNIT_RATE:
        print_rate(value, buffer, size);
        break;
    case UNIT_RATIO_PPM:
        print_fixed(value, 4, 0, "%", buffer, size);
        break;
    case UNIT_USD_MICRO_GPU_H:
        print_fixed(value, 6, 2, " USD/gpu-h", buffer, size);
        break;
    case UNIT_USD_MICRO_H:
        print_fixed(value, 6, 2, " USD/h", buffer, size);
        break;
    case UNIT_USD_MICRO:
        print_fixed(value, 6, 2, " USD", buffer, size);
        break;
    case UNIT_USD_MICRO_Y:
        print_fixed(value, 6, 2, " USD/y", buffer, size);
        break;
    case UNIT_USD_MICRO_GPU_Y:
        print_fixed(value, 6, 2, " USD/gpu-y", buffer, size);
        break;
    case UNIT_USD_MICRO_KW_Y:
        print_fixed(value, 6, 2, " USD/kW-y", buffer, size);
        break;
    case UNIT_USD_MICRO_NODE_H:
        print_fixed(value, 6, 2, " USD/node-h", buffer, size);
        break;
    case UNIT_USD_MICRO_KWH:
        print_fixed(value, 6, 2, " USD/kWh", buffer, size);
        break;
    case UNIT_CARBON_MG_KWH:
        print_fixed(value, 3, 0, " g/kWh", buffer, size);
        break;
    case UNIT_NONE:
    case UNIT_GPU_MILLI:
    default:
        snprintf(buffer, (size_t)size, "%" PRId64, value);
        break;
    }
    return buffer;
}

/* Exactly `count` digits at *at; -1 if there are not. */
static int digits_read(const char **at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(**at)) {
            return -1;
        }
        value = value * 10 + (*(*at)++ - '0');
    }
    return value;
}

static bool letter_read(const char **at, char letter)
{
    if (**at != letter) {
        return false;
    }
    (*at)++;
    return true;
}

/* Days since 1970-01-01: years start in March here, so that the leap day is the last of its year.
 */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

const char *timestamp_parse(const char *text, int64_t *unix_ms)
{
    static const char EXPECTED[] =
        "expected a UTC time such as 2026-03-01T00:00:00Z, or a date such as 2026-03-01";
    const char *at = text;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int year = digits_read(&at, 4);
    if (year < 1 || !letter_read(&at, '-')) {
        return EXPECTED;
    }
    int month = digits_read(&at, 2);
    if (month < 1 || month > 12 || !letter_read(&at, '-')) {
        return EXPECTED;
    }
    int day = digits_read(&at, 2);
    if (day < 1 || day > days_in_month(year, month)) {
        return EXPECTED;
    }
    if (*at != '\0') {
        bool shaped = letter_read(&at, 'T') && (hour = digits_read(&at, 2)) >= 0 &&
                      letter_read(&at, ':') && (minute = digits_read(&at, 2)) >= 0 &&
                      letter_read(&at, ':') && (second = digits_read(&at, 2)) >= 0 &&
                      letter_read(&at, 'Z') && *at == '\0';
        if (!shaped || hour > 23 || minute > 59 || second > 59) {
            return EXPECTED;
        }
    }
    int64_t seconds = days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    *unix_ms = seconds * 1000;
    return NULL;
}
