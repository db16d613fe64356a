// Searches zvec, in process, with labels that LabelledPoints.Write wrote.
// Usage: node zvec.mjs PACKAGES LABELS VECTORS COUNT fp32|int8, where @zvec/zvec is below PACKAGES/node_modules.
// Then a line SHARE EF SECONDS on its input (SHARE in ten-thousandths): all queries are asked until the time is over.
// It answers with a line RECALL RATE SHORT.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";

const [, , packages, labels, vectors, countText, kind] = process.argv;
const zvec = createRequire(path.join(packages, "any.cjs"))("@zvec/zvec");
const count = Number(countText);
const dimension = 100, queried = 200, k = 10;
const shares = [5000, 1000, 100, 10, 1];

const floats = (file, length) => {
    const bytes = Buffer.alloc(length * 4);
    const source = fs.openSync(path.join(vectors, file));
    fs.readSync(source, bytes, 0, bytes.length, 0);
    fs.closeSync(source);
    return new Float32Array(bytes.buffer, bytes.byteOffset, length);
};
const ints = (file) => {
    const bytes = fs.readFileSync(path.join(labels, file));
    return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const base = floats("base.f32", count * dimension);
const queries = floats("queries.f32", queried * dimension);
const vectorOf = (all, i) => all.slice(i * dimension, (i + 1) * dimension);
const asked = Array.from({ length: queried }, (_, query) => vectorOf(queries, query));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vectorcluster-zvec-"));
const collection = fill(folder);
for await (const line of readline.createInterface({ input: process.stdin })) {
    const [share, ef, seconds] = line.split(" ").map(Number);
    console.log(run(share, ef, seconds));
}

collection.closeSync();
fs.rmSync(folder, { recursive: true, force: true });

function fill(folder) {
    const ranks = ints("ranks.i32");
    const schema = new zvec.ZVecCollectionSchema({
        name: "bench",
        vectors: {
            name: "v", dataType: zvec.ZVecDataType.VECTOR_FP32, dimension,
            indexParams: {
                indexType: zvec.ZVecIndexType.HNSW, metricType: zvec.ZVecMetricType.IP, m: 16, efConstruction: 200,
                ...(kind === "int8" ? { quantizeType: zvec.ZVecQuantizeType.INT8 } : {}),
            },
        },
        fields: shares.map((share) => ({
            name: `any${share}`, dataType: zvec.ZVecDataType.STRING,
            indexParams: { indexType: zvec.ZVecIndexType.INVERT },
        })),
    });
    const filled = zvec.ZVecCreateAndOpen(path.join(folder, "bench"), schema);
    for (let first = 0; first < count; first += 1000) {
        const documents = [];
        for (let id = first; id < Math.min(count, first + 1000); id++)
            documents.push({
                id: String(id),
                vectors: { v: vectorOf(base, id) },
                fields: Object.fromEntries(
                    shares.map((share) => [`any${share}`, ranks[id] < share / 10_000 * count ? "1" : "0"])),
            });
        for (const status of filled.insertSync(documents))
            if (!status.ok) throw new Error(`insert: ${JSON.stringify(status)}`);
    }

    filled.optimizeSync();
    return filled;
}

function run(share, ef, seconds) {
    const filter = `any${share} = '1'`;
    const params = { indexType: zvec.ZVecIndexType.HNSW, ef };
    const answers = new Array(queried);
    let searches = 0, took = 0;
    const began = process.hrtime.bigint();
    do {
        for (let query = 0; query < queried; query++)
            answers[query] = collection.querySync({
                fieldName: "v", vector: asked[query], topk: k, filter, outputFields: [], params,
            });
        searches += queried;
        took = Number(process.hrtime.bigint() - began) / 1e9;
    } while (took < seconds);
    const truth = ints(`truth-${share}.i32`);
    let found = 0, possible = 0, short = 0;
    for (let query = 0; query < queried; query++) {
        const nearest = new Set([...truth.slice(query * k, (query + 1) * k)].filter((id) => id >= 0).map(String));
        possible += nearest.size;
        found += answers[query].filter((hit) => nearest.has(hit.id)).length;
        if (answers[query].length < nearest.size) short++;
    }

    return `${found / possible} ${searches / took} ${short}`;
}
