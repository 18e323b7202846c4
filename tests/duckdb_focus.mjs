// duckdb_focus.mjs CSV METADATA SUMMARY - a FOCUS dataset as DuckDB reads it: types, nulls, four invariants. For duckdb.sh.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [csv, metadataPath, summaryPath] = process.argv.slice(2);
const metadata = JSON.parse(readFileSync(metadataPath, 'utf8'));
const summary = JSON.parse(readFileSync(summaryPath, 'utf8'));
const columns = metadata.Schema.ColumnDefinition;
const version = metadata.Schema.FocusVersion;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
let held = 0;
let broken = 0;

async function rows(sql) {
    return (await connection.runAndReadAll(sql)).getRowObjects();
}
async function value(sql) {
    return Object.values((await rows(sql))[0])[0];
}
function check(text, good, found) {
    if (good) {
        held++;
    } else {
        broken++;
        console.error(`${text}${found === undefined ? '' : `: found ${found}`}`);
    }
}
// A query that counts what must not be there.
async function none(text, sql) {
    const found = await value(`SELECT count(*) FROM ${sql}`);
    check(text, Number(found) === 0, found);
}

// As DuckDB guesses: times are times, numbers numbers.
const file = `'${csv.replaceAll("'", "''")}'`;
await connection.run(`CREATE TABLE guessed AS SELECT * FROM read_csv(${file}, header = true, sample_size = -1)`);
const guessed = Object.fromEntries((await rows(`DESCRIBE guessed`)).map((row) => [row.column_name, row.column_type]));
check('columns in the order of the metadata', Object.keys(guessed).join() === columns.map((c) => c.ColumnName).join());
for (const column of columns) {
    const type = guessed[column.ColumnName];
    const seen = Number(await value(`SELECT count("${column.ColumnName}") FROM guessed`));
    if (column.DataType === 'DATETIME') {
        check(`${column.ColumnName} is a time`, /^TIMESTAMP/.test(type), type);
    } else if (column.DataType === 'DECIMAL' && seen > 0) {
        check(`${column.ColumnName} is a number`, /^(DOUBLE|BIGINT|DECIMAL)/.test(type), type);
    }
    if (!column.AllowsNulls) {
        await none(`${column.ColumnName} is never null`, `guessed WHERE "${column.ColumnName}" IS NULL`);
    }
}

// As the metadata says, exactly.
const typed = columns.map((c) => {
    const type = { DECIMAL: `DECIMAL(19,${c.NumberScale})`, DATETIME: 'TIMESTAMP' }[c.DataType] ?? 'VARCHAR';
    return `'${c.ColumnName}': '${type}'`;
});
await connection.run(`CREATE TABLE bill AS SELECT * FROM read_csv(${file}, header = true, columns = {${typed.join()}})`);
check('rows', Number(await value('SELECT count(*) FROM bill')) > 100);
await none('an empty text stands for null', `bill WHERE ${columns.filter((c) => c.DataType !== 'DECIMAL' && c.DataType !== 'DATETIME')
    .map((c) => `"${c.ColumnName}" = ''`).join(' OR ')}`);
await none('JSON is valid', 'bill WHERE NOT json_valid(Tags) OR (SkuPriceDetails IS NOT NULL AND NOT json_valid(SkuPriceDetails))');
check('our own columns come last', /^([A-Z]\w*,)+(x_[A-Z]\w*,?)+$/.test(columns.map((c) => c.ColumnName).join()));
check('ProviderName up to 1.3', columns.some((c) => c.ColumnName === 'ProviderName') === (version !== '1.4'));
check('HostProviderName from 1.3 on', columns.some((c) => c.ColumnName === 'HostProviderName') === (version !== '1.2'));

// Values that FOCUS allows.
await none('ChargeCategory', `bill WHERE ChargeCategory NOT IN ('Usage', 'Purchase')`);
await none('PricingCategory', `bill WHERE PricingCategory NOT IN ('Standard', 'Dynamic', 'Committed')`);
await none('ChargeFrequency', `bill WHERE ChargeFrequency NOT IN ('One-Time', 'Recurring', 'Usage-Based')`);
await none('Purchases are never Committed and have no effective cost',
    `bill WHERE ChargeCategory = 'Purchase' AND (PricingCategory <> 'Standard' OR EffectiveCost <> 0)`);
await none('covered rows are billed nothing', `bill WHERE CommitmentDiscountStatus IS NOT NULL AND BilledCost <> 0`);
await none('a status has a commitment',
    'bill WHERE CommitmentDiscountStatus IS NOT NULL AND (CommitmentDiscountId IS NULL OR CommitmentDiscountQuantity IS NULL)');
await none('unused commitments consume nothing', `bill WHERE CommitmentDiscountStatus = 'Unused' AND ConsumedQuantity IS NOT NULL`);
await none('spot is Dynamic', `bill WHERE SkuPriceDetails LIKE '%"spot"%' AND PricingCategory <> 'Dynamic'`);
await none('what is bought in two ways has two SkuPriceIds',
    `(SELECT SkuPriceId FROM bill WHERE SkuMeter = 'GPU time' GROUP BY SkuPriceId HAVING count(DISTINCT SkuPriceDetails) > 1)`);
await none('a charge period lies within its billing month',
    `bill WHERE ChargePeriodStart < BillingPeriodStart OR ChargePeriodEnd > BillingPeriodEnd OR
     ChargePeriodEnd <= ChargePeriodStart OR BillingPeriodEnd <> BillingPeriodStart + INTERVAL 1 MONTH OR day(BillingPeriodStart) <> 1`);
check('both months are there', Number(await value('SELECT count(DISTINCT BillingPeriodStart) FROM bill')) === 2);
for (const [what, filter] of Object.entries({
    'on demand': `PricingCategory = 'Standard' AND SkuMeter = 'GPU time'`, spot: `PricingCategory = 'Dynamic' AND SkuMeter = 'GPU time'`,
    owned: `SkuPriceDetails LIKE '%"owned"%'`, energy: `SkuMeter = 'Energy'`, covered: `CommitmentDiscountStatus = 'Used'`,
    unused: `CommitmentDiscountStatus = 'Unused'`, upfront: `ChargeFrequency = 'One-Time'`, overhead: `x_CostKind = 'overhead'`,
})) {
    check(`there are rows: ${what}`, Number(await value(`SELECT count(*) FROM bill WHERE ${filter}`)) > 0);
}

// 1: cost is unit price x quantity, within a micro-dollar.
const product = (price, cost) => `abs(CAST(${price} * PricingQuantity AS DECIMAL(30,12)) - CAST(${cost} AS DECIMAL(30,12))) > 0.000001`;
await none('ListCost = ListUnitPrice x PricingQuantity', `bill WHERE ${product('ListUnitPrice', 'ListCost')}`);
await none('ContractedCost = ContractedUnitPrice x PricingQuantity', `bill WHERE ${product('ContractedUnitPrice', 'ContractedCost')}`);
// 2: of the commitment whose term lies within the run, what is amortised is what was bought.
const bought = `SELECT sum(BilledCost) FROM bill WHERE ChargeCategory = 'Purchase' AND CommitmentDiscountId = 'three-days'`;
const amortised = `SELECT sum(EffectiveCost) FROM bill WHERE CommitmentDiscountStatus IS NOT NULL AND CommitmentDiscountId = 'three-days'`;
check('amortised is what was bought', await value(`SELECT (${bought}) = (${amortised})`) === true, await value(`SELECT (${bought}) - (${amortised})`));
check('and is 20 GPUs x 72 h x 2.10 USD, rows rounded', await value(`SELECT abs((${bought}) - 3024) <= 0.0001`) === true, await value(bought));
// 3: savings on the effective basis (without purchases) and on the billed basis (without what they cover) agree.
const effectiveBasis = `SELECT sum(ContractedCost - EffectiveCost) FROM bill WHERE ChargeCategory = 'Usage'`;
const billedBasis = `SELECT (SELECT sum(ContractedCost) FROM bill WHERE ChargeCategory = 'Usage') - (SELECT sum(BilledCost) FROM bill)`;
check('savings agree', await value(`SELECT (${effectiveBasis}) = (${billedBasis})`) === true,
    await value(`SELECT (${effectiveBasis}) - (${billedBasis})`));
// 4: rows sum to the report's total, to the micro-dollar.
const total = summary.variants[0].showback.queue.total_usd;
const sum = await value('SELECT CAST(round(sum(EffectiveCost) * 1000000) AS BIGINT) FROM bill');
check('rows sum to the total of the report', Number(sum) === Math.round(total * 1e6), `${sum} for ${total}`);

console.log(`${held} checks hold`);
process.exit(broken === 0 ? 0 : 1);
