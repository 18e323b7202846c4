/* tres.c - items between commas, each type[/name[:subtype]]=number[unit]. */
#include "traces/tres.h"

#include <string.h>

#include "core/units.h"

typedef struct Item {
    const char *type; /* up to the equals sign */
    int type_length;
    const char *amount; /* up to the comma or the end */
    int amount_length;
} Item;

static bool type_is(const Item *item, const char *type)
{
    return (int)strlen(type) == item->type_length &&
           memcmp(type, item->type, (size_t)item->type_length) == 0;
}

/* A whole number; false: it is none, or too large. */
static bool count_read(const Item *item, int64_t *count)
{
    int64_t sum = 0;
    for (int i = 0; i < item->amount_length; i++) {
        char letter = item->amount[i];
        if (letter < '0' || letter > '9' || sum > TRES_COUNT_MAX) {
            return false;
        }
        sum = sum * 10 + (letter - '0');
    }
    *count = sum;
    return item->amount_length > 0 && sum <= TRES_COUNT_MAX;
}

/* MiB, with suffixes that are powers of 1024: `512000M`, `1.50G`, `0`. */
static bool memory_read(const Item *item, int64_t *memory_mib)
{
    char text[32];
    int length = item->amount_length;
    if (length == 0 || length > (int)sizeof text - 3) {
        return false;
    }
    memcpy(text, item->amount, (size_t)length);
    bool suffix = strchr("KMGTP", text[length - 1]) != NULL;
    strcpy(text + length, suffix ? "i" : "Mi");
    return quantity_parse(text, UNIT_MEMORY_MIB, ROUND_UP, memory_mib) == NULL &&
           *memory_mib >= 0 && *memory_mib <= INT64_C(1) << 40;
}

static bool looks_like_mig(const char *type, int length)
{
    return length >= 3 && type[0] >= '1' && type[0] <= '7' && type[1] == 'g' && type[2] == '.';
}

/* What is known of typed GPUs while the list is read. */
typedef struct Typed {
    int64_t sum;
    int items;
    bool untyped; /* the plain count was there */
} Typed;

static bool item_take(const Item *item, Tres *tres, Typed *typed)
{
    static const char TYPED[] = "gres/gpu:";
    const int typed_length = (int)sizeof TYPED - 1;
    if (item->amount_length == 4 && memcmp(item->amount, "NONE", 4) == 0) {
        return true;
    }
    if (type_is(item, "cpu")) {
        return count_read(item, &tres->cpus);
    }
    if (type_is(item, "node")) {
        return count_read(item, &tres->nodes);
    }
    if (type_is(item, "mem")) {
        return memory_read(item, &tres->memory_mib);
    }
    if (type_is(item, "gres/gpu")) {
        typed->untyped = true;
        return count_read(item, &tres->gpus);
    }
    if (type_is(item, "gres/shard")) {
        return count_read(item, &tres->shards);
    }
    if (item->type_length > typed_length && memcmp(item->type, TYPED, (size_t)typed_length) == 0) {
        int64_t count = 0;
        if (!count_read(item, &count)) {
            return false;
        }
        typed->sum += count;
        typed->items++;
        tres->model = item->type + typed_length;
        tres->model_length = item->type_length - typed_length;
        tres->mig |= looks_like_mig(tres->model, tres->model_length);
    }
    return true;
}

bool tres_read(const char *text, Tres *tres, int *at)
{
    *tres = (Tres){0};
    Typed typed = {0};
    const char *next = text;
    while (*next != '\0') {
        *at = (int)(next - text);
        Item item = {.type = next};
        item.type_length = (int)strcspn(next, "=,");
        if (item.type_length == 0 || next[item.type_length] != '=') {
            return false;
        }
        item.amount = next + item.type_length + 1;
        item.amount_length = (int)strcspn(item.amount, ",");
        if (typed.sum > TRES_COUNT_MAX || !item_take(&item, tres, &typed)) {
            return false;
        }
        next = item.amount + item.amount_length;
        if (*next == ',' && *++next == '\0') {
            *at = (int)(next - text);
            return false;
        }
    }
    if (!typed.untyped) {
        tres->gpus = typed.sum;
    }
    if (typed.items != 1) {
        tres->model = NULL;
        tres->model_length = 0;
    }
    return true;
}
