/* test_scenario_keys.c - the key table is sound, and everything printed from it says the same. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/spec.h"
#include "tests/loaded.h"
#include "tests/suite.h"

typedef void VisitRow(const KeyObject *object, const KeyRow *row, const json_t *schema);

/* The schema of a map of keys, behind the `anyOf` of shorthands and lists. NULL if there is none.
 */
static const json_t *map_schema(const json_t *schema)
{
    if (json_object_get(schema, "properties") != NULL) {
        return schema;
    }
    static const char *const WAYS[] = {"items", "additionalProperties"};
    for (size_t i = 0; i < 2; i++) {
        const json_t *inside = json_object_get(schema, WAYS[i]);
        const json_t *found = json_is_object(inside) ? map_schema(inside) : NULL;
        if (found != NULL) {
            return found;
        }
    }
    size_t index;
    json_t *way;
    json_array_foreach (json_object_get(schema, "anyOf"), index, way) {
        const json_t *found = map_schema(way);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static void walk(const KeyObject *object, const json_t *schema, int depth, VisitRow *visit)
{
    CU_ASSERT_FATAL(depth < 10);
    for (const KeyRow *row = object->rows; row->name != NULL; row++) {
        const json_t *inside = json_object_get(json_object_get(schema, "properties"), row->name);
        visit(object, row, inside);
        if (row->object != NULL) {
            walk(row->object, map_schema(inside), depth + 1, visit);
        }
    }
}

static int rows_of(const KeyObject *object)
{
    int count = 0;
    while (object->rows[count].name != NULL) {
        count++;
    }
    return count;
}

/* Every row says what it is; a default is within its own bounds; a field lies inside its struct. */
static void check_row(const KeyObject *object, const KeyRow *row, const json_t *schema)
{
    (void)schema;
    CU_ASSERT_PTR_NOT_NULL(row->summary);
    CU_ASSERT_PTR_NOT_NULL(row->example);
    CU_ASSERT(rows_of(object) <= KEYS_PER_OBJECT_MAX);
    CU_ASSERT_PTR_EQUAL(key_row(object, row->name), row); /* no name twice */
    bool nested =
        row->kind == KEY_OBJECT || row->kind == KEY_OBJECT_LIST || row->kind == KEY_OBJECT_MAP;
    CU_ASSERT_EQUAL(row->object != NULL, nested);
    if (row->status == KEY_NOT_YET) {
        return;
    }
    /* The first field of every struct is its node. */
    CU_ASSERT(row->offset >= sizeof(Node *) && row->offset + sizeof(SpecNumber) <= object->size);
    int64_t value = 0;
    if (row->kind == KEY_QUANTITY && row->fallback != NULL && strcmp(row->fallback, "0") != 0) {
        CU_ASSERT_PTR_NULL(quantity_parse(row->fallback, row->unit, ROUND_EXACT, &value));
        CU_ASSERT(value >= row->min && value <= row->max);
    }
    if (row->kind == KEY_QUANTITY) {
        CU_ASSERT_PTR_NULL(quantity_parse(row->example, row->unit, row->rounding, &value));
        CU_ASSERT(value >= row->min && value <= row->max);
    }
}

static void check_schema(const KeyObject *object, const KeyRow *row, const json_t *schema)
{
    (void)object;
    CU_ASSERT_PTR_NOT_NULL(schema);
    CU_ASSERT_EQUAL(json_object_get(schema, "not") != NULL, row->status == KEY_NOT_YET);
    CU_ASSERT(json_is_string(json_object_get(schema, "description")));
}

static void test_rows(void)
{
    walk(&KEYS_SCENARIO, NULL, 0, check_row);
}

/* Goal: editor and loader know the same keys. Method: every row of the table is looked up in the
 * printed schema, and the top level has no others. */
static void test_schema(void)
{
    char *text = schema_text();
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    json_t *schema = json_loads(text, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(schema, "$schema")),
                           "http://json-schema.org/draft-07/schema#");
    walk(&KEYS_SCENARIO, schema, 0, check_schema);
    CU_ASSERT_EQUAL((int)json_object_size(json_object_get(schema, "properties")),
                    rows_of(&KEYS_SCENARIO));
    CU_ASSERT(json_is_false(json_object_get(schema, "additionalProperties")));
    json_decref(schema);
    free(text);
}

/* Every name of the published language that is not there yet is refused as such. */
static void test_not_yet(void)
{
    static const char *const KEYS[] = {"policy: {provision: fixed}", "policy: {plugin: x.so}"};
    for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
        char text[512];
        snprintf(text, sizeof(text), "%s\n%s", KEYS[i], SMALL);
        CU_ASSERT(refused_for(text, "not-yet", "is not there yet"));
    }
}

static char *printed_key(const char *path, Status *status)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    *status = keys_print_one(stream, stream, path);
    fclose(stream);
    return text;
}

static void test_one_key(void)
{
    static const struct {
        const char *path, *says;
        Status status;
    } ROWS[] = {
        {"cluster.nodes.a.count", "how many", STATUS_OK},
        {"cluster.nodes.count", "how many", STATUS_OK},
        {"cluster.types.h100x8.gpus.memory", "example   memory: 80Gi", STATUS_OK},
        {"workload.0.jobs.A.gpus", "0 to 32", STATUS_OK},
        {"queues.research.quota.gpus", "or unlimited", STATUS_OK},
        {"policy.provision", "not there yet", STATUS_OK},
        {"policy.remedy.ban.faults", "0 to 16", STATUS_OK},
        {"policy.order.rule", "one of    fifo", STATUS_OK},
        {"policy.order.age_max", "only for  multifactor", STATUS_OK},
        {"policy.candidates", "or all, or kube", STATUS_OK},
        {"replications", "{count: value}", STATUS_OK},
        {"cluster.nods", "did you mean `nodes`?", STATUS_USAGE},
        {"seed.x", "no key `seed.x`", STATUS_USAGE},
    };
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        Status status;
        char *text = printed_key(ROWS[i].path, &status);
        CU_ASSERT_EQUAL(status, ROWS[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, ROWS[i].says));
        free(text);
    }
}

/* docs/keys.md is what `gpuplan keys --format markdown` prints today. */
static void test_reference_is_current(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    keys_print_all(stream, KEYS_MARKDOWN);
    fclose(stream);
    FILE *file = fopen("docs/keys.md", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    char *known = calloc(1, size + 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(known);
    size_t length = fread(known, 1, size + 1, file);
    fclose(file);
    if (length != size || memcmp(known, text, size) != 0) {
        printf("docs/keys.md is old: gpuplan keys --format markdown > docs/keys.md\n");
    }
    CU_ASSERT_EQUAL(length, size);
    CU_ASSERT_EQUAL(memcmp(known, text, size), 0);
    free(known);
    free(text);
}

const char *const SUITE = "scenario_keys";
const TestCase CASES[] = {{"rows", test_rows},
                          {"schema", test_schema},
                          {"not yet", test_not_yet},
                          {"one key", test_one_key},
                          {"reference is current", test_reference_is_current},
                          {NULL, NULL}};
