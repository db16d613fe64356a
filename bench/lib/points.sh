# Made-up vectors to measure with. To be sourced; needs node.

# points FILE COUNT [SEED [FIRST]]: COUNT vectors of 100 dimensions around 200 centres, as .fvecs; or as .jsonl, with ids
# from FIRST on.
points() {
    node - "$1" "$2" "${3:-1}" "${4:-0}" <<'JS'
const fs = require("fs");
const [, , path, count, seed, first] = process.argv;
const dimension = 100, rows = 10000;
let state = Number(seed) >>> 0;
const uniform = () => { // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const noise = () => uniform() + uniform() + uniform() + uniform() - 2; // about normal, deviation 0.58
state = 7; // the same centres for every seed
const centres = Array.from({ length: 200 }, () => Float32Array.from({ length: dimension }, () => 2 * noise()));
state = Number(seed) >>> 0;
const file = fs.openSync(path, "w");
const vector = () => {
    const centre = centres[Math.floor(uniform() * centres.length)];
    return Float32Array.from(centre, (value) => value + noise());
};
for (let done = 0; done < count; done += rows) {
    const n = Math.min(rows, count - done);
    const all = Array.from({ length: n }, vector);
    if (path.endsWith(".jsonl")) {
        const lines = all.map((v, i) => JSON.stringify({ id: Number(first) + done + i, vector: Array.from(v) }) + "\n");
        fs.writeSync(file, lines.join(""));
        continue;
    }
    const bytes = Buffer.alloc(n * 4 * (1 + dimension));
    all.forEach((v, i) => {
        const at = bytes.writeInt32LE(dimension, i * 4 * (1 + dimension));
        Buffer.from(v.buffer).copy(bytes, at); // little-endian, as every machine that this runs on
    });
    fs.writeSync(file, bytes);
}
JS
}
