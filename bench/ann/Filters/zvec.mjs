// Searches zvec, in process, with the labels of bench/engine.sh filters, which wrote what this reads.
// Usage: node zvec.mjs CACHE COUNT, where @zvec/zvec can be found.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";

const zvec = createRequire(path.join(process.cwd(), "zvec.cjs"))("@zvec/zvec");
const [, , cache, text] = process.argv;
const count = Number(text);
const dimension = 100, queried = 200, k = 10, rounds = 3;
const wanted = 0.95;
const floats = (file, length) => {
    const bytes = Buffer.alloc(length * 4);
    const source = fs.openSync(path.join(cache, "glove-340000", file));
    fs.readSync(source, bytes, 0, bytes.length, 0);
    fs.closeSync(source);
    return new Float32Array(bytes.buffer, bytes.byteOffset, length);
};
const ints = (file) => {
    const bytes = fs.readFileSync(path.join(cache, `filters-${count}`, file));
    return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

const base = floats("base.f32", count * dimension);
const queries = floats("queries.f32", queried * dimension);
const ranks = ints("ranks.i32");
const shares = [5000, 1000, 100, 10, 1];
const vectorOf = (all, i) => all.slice(i * dimension, (i + 1) * dimension);

for (const quantizeType of [undefined, zvec.ZVecQuantizeType.INT8]) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vectorcluster-zvec-"));
    const vectors = {
        name: "v", dataType: zvec.ZVecDataType.VECTOR_FP32, dimension,
        indexParams: {
            indexType: zvec.ZVecIndexType.HNSW, metricType: zvec.ZVecMetricType.IP, m: 16, efConstruction: 200,
            ...(quantizeType ? { quantizeType } : {}),
        },
    };
    const fields = shares.map((share) => ({
        name: `any${share}`, dataType: zvec.ZVecDataType.STRING,
        indexParams: { indexType: zvec.ZVecIndexType.INVERT },
    }));
    const schema = new zvec.ZVecCollectionSchema({ name: "bench", vectors, fields });
    const collection = zvec.ZVecCreateAndOpen(path.join(folder, "bench"), schema);
    for (let first = 0; first < count; first += 1000) {
        const documents = [];
        for (let id = first; id < Math.min(count, first + 1000); id++)
            documents.push({
                id: String(id),
                vectors: { v: vectorOf(base, id) },
                fields: Object.fromEntries(shares.map((share) => [`any${share}`, ranks[id] < share / 10_000 * count ? "1" : "0"])),
            });
        collection.insertSync(documents);
    }

    collection.optimizeSync();
    for (const share of shares) {
        const truth = ints(`truth-${share}.i32`);
        const run = (ef) => {
            let found = 0, possible = 0;
            const began = process.hrtime.bigint();
            for (let query = 0; query < queried; query++) {
                const hits = collection.querySync({
                    fieldName: "v", vector: vectorOf(queries, query), topk: k, filter: `any${share} = '1'`,
                    outputFields: [], params: { indexType: zvec.ZVecIndexType.HNSW, ef },
                });
                const nearest = new Set(truth.slice(query * k, (query + 1) * k).filter((id) => id >= 0).map(String));
                possible += nearest.size;
                for (const hit of hits) if (nearest.has(hit.id)) found++;
            }

            return { recall: found / possible, rate: queried / (Number(process.hrtime.bigint() - began) / 1e9) };
        };
        for (const ef of [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024]) {
            const first = run(ef);
            if (first.recall < wanted && ef < 1024) continue;
            const runs = [first];
            while (runs.length < rounds) runs.push(run(ef));
            const { recall, rate } = runs.sort((a, b) => a.rate - b.rate)[rounds >> 1];
            console.log(`| zvec ${quantizeType ? "int8" : "fp32"} | ${share / 100} % | ef ${ef} | ${recall.toFixed(3)} | ${rate.toFixed(0)} |`);
            break;
        }
    }

    collection.closeSync?.();
    fs.rmSync(folder, { recursive: true, force: true });
}
